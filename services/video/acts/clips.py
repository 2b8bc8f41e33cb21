"""Clips of a draft: added, changed, removed, put in another order; one change of them all each."""

from collections.abc import Collection, Iterable
from uuid import UUID

from chassis import ids
from chassis.asked import Written
from chassis.errors import Invalid
from chassis.unit.calls import Decided
from chassis.unit.deciding import Unit
from contracts.video.clips import (
    AddClip,
    AutoArrange,
    ClipAdded,
    RemoveClip,
    ReorderClips,
    UpdateClip,
)
from video import clipping, kept
from video.acts.drafts import acting, are_kept, changing
from video.domain import video_project
from video.domain.clips import Clip, arranged
from video.domain.video_messages import Reorder, SetClips
from video.domain.video_state import Video


def add(unit: Unit, asked: AddClip) -> ClipAdded:
    """Add a clip. Raises `Invalid` for a place behind the end, `Rejected` as a creation does.

    A picture that another clip shows is that clip's: our copy of it serves both.
    """
    before = changing(unit, asked.video_project_id)
    at = len(before.clips) if asked.at is None else asked.at
    if at > len(before.clips):
        fields = {"at": [f"0 to {len(before.clips)}."]}
        raise Invalid("chassis.invalid_argument", details={"fields": fields})
    added = clipping.new_clip(ids.derive(unit.call.id, "clip"), asked.clip)
    shown = {each.name for clip in before.clips for each in clip.pictures}
    command = SetClips(
        by=acting(unit.call.actor),
        clips=(*before.clips[:at], added.clip, *before.clips[at:]),
        anew=_copied(before, set(added.names) - shown),
    )
    decided = unit.decide(video_project.decider, asked.video_project_id, command)
    clipping.keep(unit, decided.id, decided.state.video, [added])
    return ClipAdded(id=decided.id, version=decided.version, clip_id=added.clip.id)


def _copied(video: Video, names: Collection[str]) -> tuple[str, ...]:
    """Return those of which there is a copy, which is not to be used any more."""
    return tuple(sorted(name for name in names if name in video.sources))


def update(unit: Unit, asked: UpdateClip) -> Written:
    """Change a clip; what is not named stays as it is. A picture that is set is copied anew."""
    before = changing(unit, asked.video_project_id)
    was = clipping.one_of(before, asked.clip_id)
    texts = kept.texts_of(unit.connection, [was.id])[was.id]
    changed = clipping.changed_clip(was, texts, asked)
    command = SetClips(
        by=acting(unit.call.actor),
        clips=tuple(changed.clip if each.id == was.id else each for each in before.clips),
        same_texts=are_kept(unit, {was.id: changed.texts}),
        anew=_copied(before, set(changed.names)),
    )
    decided = unit.decide(video_project.decider, asked.video_project_id, command)
    clipping.keep(unit, decided.id, decided.state.video, [changed])
    clipping.let_go(unit, decided.id, before, decided.state.video.clips)
    return decided.written


def remove(unit: Unit, asked: RemoveClip) -> Written:
    """Take a clip out, and forget what was written of it."""
    before = changing(unit, asked.video_project_id)
    gone = clipping.one_of(before, asked.clip_id)
    left = tuple(each for each in before.clips if each.id != gone.id)
    command = SetClips(by=acting(unit.call.actor), clips=left)
    decided = unit.decide(video_project.decider, asked.video_project_id, command)
    unit.execute(kept.forget([gone.id]))
    clipping.let_go(unit, decided.id, before, left)
    return decided.written


def reorder(unit: Unit, asked: ReorderClips) -> Written:
    """Put the clips in that order, which names each of them once."""
    return _ordered(unit, asked.video_project_id, asked.clip_ids).written


def arrange(unit: Unit, asked: AutoArrange) -> Written:
    """Put the clips in the order of a tour."""
    standing: Iterable[Clip] = arranged(changing(unit, asked.video_project_id).clips)
    return _ordered(unit, asked.video_project_id, (each.id for each in standing)).written


def _ordered(unit: Unit, video_id: UUID, clip_ids: Iterable[UUID]) -> Decided:
    command = Reorder(by=acting(unit.call.actor), clip_ids=tuple(clip_ids))
    return unit.decide(video_project.decider, video_id, command)
