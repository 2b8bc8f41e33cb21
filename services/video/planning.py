"""What a film's pieces are planned of, which of them are there, and what the others cost."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import Connection

from chassis.unit.deciding import Unit
from video import kept
from video.domain import piece, rooms
from video.domain.clips import Clip
from video.domain.engines import ENGINES
from video.domain.plan import Planning, Settings, Wanted, wanted_pieces
from video.domain.prices import items
from video.domain.video_state import Video

Texts = Mapping[UUID, Mapping[str, str]]  # of clips: by field, as they are kept


def planning(connection: Connection, video: Video) -> Planning:
    """Return what a video's pieces are planned of, with the words that a model is told."""
    if not ENGINES[video.settings.engine].reads:
        return planned(video, {})
    return planned(video, kept.texts_of(connection, (clip.id for clip in video.clips)))


def planned(video: Video, texts: Texts) -> Planning:
    """Return the same, where the own words of its clips are these."""
    reads = ENGINES[video.settings.engine].reads
    return Planning(
        workspace_id=video.workspace_id,
        settings=video.settings,
        sources=video.sources,
        words=_words(video.settings, video.clips, texts) if reads else {},
    )


def _words(settings: Settings, clips: Sequence[Clip], texts: Texts) -> dict[UUID, str]:
    """Return what a model is told of each clip.

    Of the room that follows only where the clip leads to another picture: else no clip would be
    what it was once another is put behind it.
    """
    words = {}
    for clip, after in zip(clips, [*clips[1:], None], strict=True):
        own = texts.get(clip.id, {})
        said = [own.get("motion_prompt") or rooms.motion_prompt(clip.room_type)]
        towards = texts.get(after.id, {}).get("room_label") if after is not None else None
        if clip.end_picture is not None and towards is not None:
            said.append(rooms.towards(towards))
        if settings.generate_native_audio:
            said.append(rooms.ambience(clip.room_type))
        words[clip.id] = "\n".join(said)
    return words


def made(unit: Unit, wanted: Iterable[Wanted]) -> set[UUID]:
    """Return the pieces that are there, of those that a film needs."""
    piece_ids = [each.piece_id for each in wanted]
    unit.preload((piece.decider, each) for each in piece_ids)
    states = {each: unit.state(piece.decider, each) for each in piece_ids}
    return {each for each, state in states.items() if isinstance(state, piece.Rendered)}


def needed_cents(unit: Unit, video: Video) -> int:
    """Return what a video's film costs that is not there yet."""
    wanted = wanted_pieces(planning(unit.connection, video), video.clips)
    return sum(each.cents for each in items(video.clips, wanted, made(unit, wanted)))
