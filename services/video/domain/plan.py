"""What a film is made of: its clips, and the pieces that have to be rendered for them."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from uuid import UUID, uuid5

from chassis.domain import value

KIND = "video_project"  # what billing calls a video that is to be paid for
TRANSITION_SECONDS = 5
PRICE_LIST = "engines-1"
CENTS_PER_SECOND = {"local": 0}  # what an engine charges; the local one is our own machine


@value
class Clip:
    id: UUID
    image_generation_id: UUID
    room_type: str
    duration_seconds: int
    transition_type: str  # cut | seamless: how it goes over into the next clip


@value
class Settings:
    """What the customer wants a film to be."""

    title: str
    clips: tuple[Clip, ...]
    aspect_ratio: str  # 16:9 | 9:16 | 1:1
    music_volume: int  # percent
    generate_native_audio: bool
    engine: str  # what renders the pieces


@value
class Source:
    """The picture of an image of media, of which we have our own copy."""

    image_generation_id: UUID
    sha256: str


@value
class Spec:
    """All that a piece depends on: equal ones are the same piece, which is rendered once."""

    kind: str  # clip | transition
    engine: str
    source_sha256: str
    room_type: str
    seconds: int
    aspect_ratio: str
    native_audio: bool
    end_sha256: str | None = None  # the picture a transition leads to, and its room
    end_room_type: str | None = None

    def content_key(self) -> str:
        """Return the SHA-256 of the whole specification."""
        written = json.dumps(asdict(self), sort_keys=True)
        return hashlib.sha256(written.encode()).hexdigest()


@value
class Wanted:
    """A piece of one film, and the clips it is (or, as a transition, follows)."""

    piece_id: UUID
    spec: Spec
    clip_ids: tuple[UUID, ...]


def wanted_pieces(
    workspace_id: UUID, settings: Settings, sources: Iterable[Source]
) -> tuple[Wanted, ...]:
    """Return the pieces of a film: a clip each, and a transition for each seamless pair."""
    sha256 = {each.image_generation_id: each.sha256 for each in sources}
    clip_ids: dict[Spec, list[UUID]] = {}  # a film may show the same thing twice
    for clip, after in zip(settings.clips, [*settings.clips[1:], None], strict=True):
        clip_ids.setdefault(_clip(settings, sha256, clip), []).append(clip.id)
        if after is not None and clip.transition_type == "seamless":
            clip_ids.setdefault(_transition(settings, sha256, clip, after), []).append(clip.id)
    return tuple(
        Wanted(piece_id=piece_id(workspace_id, spec), spec=spec, clip_ids=tuple(clip_ids[spec]))
        for spec in clip_ids
    )


def _clip(settings: Settings, sha256: Mapping[UUID, str], clip: Clip) -> Spec:
    return Spec(
        kind="clip",
        engine=settings.engine,
        source_sha256=sha256[clip.image_generation_id],
        room_type=clip.room_type,
        seconds=clip.duration_seconds,
        aspect_ratio=settings.aspect_ratio,
        native_audio=settings.generate_native_audio,
    )


def _transition(settings: Settings, sha256: Mapping[UUID, str], clip: Clip, after: Clip) -> Spec:
    return Spec(
        kind="transition",
        engine=settings.engine,
        source_sha256=sha256[clip.image_generation_id],
        end_sha256=sha256[after.image_generation_id],
        room_type=clip.room_type,
        end_room_type=after.room_type,
        seconds=TRANSITION_SECONDS,
        aspect_ratio=settings.aspect_ratio,
        native_audio=False,
    )


def film_order(
    clips: Sequence[Clip], wanted: Sequence[Wanted], keys: Mapping[UUID, str]
) -> tuple[str, ...]:
    """Return the film's pieces in order; `keys`: piece -> blob. A lost transition is a cut."""
    piece = {(each.spec.kind, id): each.piece_id for each in wanted for id in each.clip_ids}
    places = [(kind, clip.id) for clip in clips for kind in ("clip", "transition")]
    pieces = [piece[place] for place in places if place in piece]
    return tuple(keys[each] for each in pieces if each in keys)


def estimated_cost_cents(clips: Sequence[Clip], engine: str) -> int:
    """Return what rendering costs by the price list, transitions counted; the local engine: 0."""
    transitions = sum(clip.transition_type == "seamless" for clip in clips[:-1])
    seconds = sum(clip.duration_seconds for clip in clips) + transitions * TRANSITION_SECONDS
    return seconds * CENTS_PER_SECOND[engine]


def run_id(video_project_id: UUID, revision: int) -> UUID:
    """Return the id of a video's run, which `start_video` replies and `progress` is asked by."""
    return uuid5(video_project_id, f"run/{revision}")


def piece_id(workspace_id: UUID, spec: Spec) -> UUID:
    """Return the one id that a piece has within its workspace."""
    return uuid5(workspace_id, f"piece/{spec.content_key()}")


def source_key(workspace_id: UUID, sha256: str) -> str:
    """Return where our copy of a picture lies."""
    return f"{workspace_id}/sources/{sha256}.jpg"


def piece_key(workspace_id: UUID, spec: Spec) -> str:
    """Return where a rendered piece lies."""
    return f"{workspace_id}/pieces/{spec.content_key()}.mp4"
