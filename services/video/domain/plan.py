"""What a film is made of: what a piece depends on, and the pieces that a film needs."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, asdict, fields
from uuid import UUID, uuid5

from chassis.domain import value
from video.domain.clips import Clip
from video.domain.engines import ENGINES
from video.domain.pictures import Picture, Source

KIND = "video_project"  # what billing calls a video that is to be paid for


@value
class Settings:
    """What the customer wants a film to be, beside its clips."""

    title: str
    aspect_ratio: str = "16:9"  # 16:9 | 9:16 | 1:1
    music_track_id: UUID | None = None
    music_volume: int = 50  # percent
    generate_native_audio: bool = True
    motion: str = "calm"  # calm | normal
    show_logo: bool = False
    end_card: bool = False
    engine: str = "local"  # what makes the pieces


@value
class Spec:
    """All that a piece depends on: equal ones are the same piece, which is made once."""

    kind: str  # clip | transition
    engine: str
    source_sha256: str
    room_type: str  # empty for an engine that reads words
    seconds: int
    aspect_ratio: str
    native_audio: bool
    end_sha256: str | None = None  # the picture it leads to
    end_room_type: str | None = None  # of a transition, the room it leads to
    # What has been added since: it is in the key where it differs from its default alone.
    milliseconds: int = 0  # beyond the seconds
    model: str = ""
    words: str = ""  # the SHA-256 of those that the model is given
    motion: str = "calm"
    mirrored: bool = False
    end_mirrored: bool = False
    leaving_seconds: int = 5  # the clips on both sides of a transition: how fast they move
    arriving_seconds: int = 5

    def content_key(self) -> str:
        """Return the SHA-256 of the whole specification."""
        written = json.dumps(self._named(), sort_keys=True)
        return hashlib.sha256(written.encode()).hexdigest()

    def _named(self) -> dict[str, object]:
        defaults = {each.name: each.default for each in fields(self)}
        return {
            name: stands
            for name, stands in asdict(self).items()
            if name in ALWAYS or stands != defaults[name]
        }

    @property
    def length_ms(self) -> int:
        """How long it lasts."""
        return self.seconds * 1000 + self.milliseconds


ALWAYS = frozenset(
    each.name for each in fields(Spec) if each.default is MISSING or each.name.startswith("end_")
) - {"end_mirrored"}


@value
class Wanted:
    """A piece of one film, and the clips it is (or, as a transition, follows)."""

    piece_id: UUID
    spec: Spec
    clip_ids: tuple[UUID, ...]


@value
class Planning:
    """Of what a film's pieces are planned: whose it is, and how it is to be."""

    workspace_id: UUID
    settings: Settings
    sources: Mapping[str, Source]  # our copies, by the pictures' names
    words: Mapping[UUID, str]  # what a model is told of a clip, by the clip


def wanted_pieces(given: Planning, clips: Sequence[Clip]) -> tuple[Wanted, ...]:
    """Return the pieces of a film: a clip each, and a transition for each seamless pair.

    A picture that has not been copied yet counts as one that no piece shows.
    """
    clip_ids: dict[Spec, list[UUID]] = {}  # a film may show the same thing twice
    for clip, after in zip(clips, [*clips[1:], None], strict=True):
        clip_ids.setdefault(_clip(given, clip), []).append(clip.id)
        if after is not None and clip.transition_type == "seamless":
            clip_ids.setdefault(_transition(given, clip, after), []).append(clip.id)
    return tuple(
        Wanted(
            piece_id=piece_id(given.workspace_id, spec), spec=spec, clip_ids=tuple(clip_ids[spec])
        )
        for spec in clip_ids
    )


def _clip(given: Planning, clip: Clip) -> Spec:
    settings, engine = given.settings, ENGINES[given.settings.engine]
    end = clip.end_picture
    return Spec(
        kind="clip",
        engine=settings.engine,
        model=engine.model,
        source_sha256=_sha256(given, clip.picture),
        end_sha256=None if end is None else _sha256(given, end),
        room_type="" if engine.reads else clip.room_type,
        words=_digest(given.words[clip.id]) if engine.reads else "",
        seconds=clip.duration_seconds,
        aspect_ratio=settings.aspect_ratio,
        native_audio=settings.generate_native_audio,
        motion="calm" if engine.reads else settings.motion,
        mirrored=clip.mirrored and not engine.reads,
    )


def _transition(given: Planning, clip: Clip, after: Clip) -> Spec:
    settings, engine = given.settings, ENGINES[given.settings.engine]
    pictures = {
        "source_sha256": _sha256(given, clip.last),
        "end_sha256": _sha256(given, after.picture),
    }
    how = {
        "kind": "transition",
        "engine": settings.engine,
        "model": engine.model,
        "seconds": engine.transition_ms // 1000,
        "milliseconds": engine.transition_ms % 1000,
        "aspect_ratio": settings.aspect_ratio,
        # the room is heard on through a join; a provider's passages are silent
        "native_audio": settings.generate_native_audio and not engine.reads,
        **pictures,
    }
    if engine.reads:
        return Spec(**how, room_type="")  # type: ignore[arg-type]
    return Spec(
        **how,  # type: ignore[arg-type]
        room_type=clip.room_type,
        end_room_type=after.room_type,
        motion=settings.motion,
        mirrored=clip.mirrored,
        end_mirrored=after.mirrored,
        leaving_seconds=clip.duration_seconds,
        arriving_seconds=after.duration_seconds,
    )


def _sha256(given: Planning, picture: Picture) -> str:
    source = given.sources.get(picture.name)
    return picture.name if source is None else source.sha256


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()


def film_order(
    clips: Iterable[Clip], wanted: Sequence[Wanted], dropped: frozenset[UUID] = frozenset()
) -> tuple[tuple[UUID, Wanted], ...]:
    """Return the pieces of a film as they follow each other, each with the clip it belongs to.

    A clip that is dropped takes the transitions into it and out of it with it.
    """
    piece = {(each.spec.kind, id): each for each in wanted for id in each.clip_ids}
    standing = list(clips)
    places: list[tuple[str, UUID]] = []
    for clip, after in zip(standing, [*standing[1:], None], strict=True):
        if clip.id in dropped:
            continue
        places.append(("clip", clip.id))
        if after is not None and after.id not in dropped:
            places.append(("transition", clip.id))
    return tuple((place[1], piece[place]) for place in places if place in piece)


def run_id(video_project_id: UUID, revision: int) -> UUID:
    """Return the id of a revision's run and film: what `progress` is asked by."""
    return uuid5(video_project_id, f"run/{revision}")


def piece_id(workspace_id: UUID, spec: Spec) -> UUID:
    """Return the one id that a piece has within its workspace."""
    return uuid5(workspace_id, f"piece/{spec.content_key()}")


def piece_key(workspace_id: UUID, spec: Spec) -> str:
    """Return where a piece lies that was made."""
    return f"{workspace_id}/pieces/{spec.content_key()}.mp4"


def source_key(workspace_id: UUID, sha256: str, suffix: str) -> str:
    """Return where our copy of a picture lies; `suffix`: of its kind, as 'jpg'."""
    return f"{workspace_id}/sources/{sha256}.{suffix}"
