"""A video goes: its run has ended first, the work at it ends, and nothing is shown any more.

Its films go by a job, which the event asks for; pieces and copies once no other video has them.
"""

from uuid import UUID

from chassis.unit.calls import Decided
from chassis.unit.deciding import Unit
from video import clipping, filming, kept
from video.domain import video_project
from video.domain.video_messages import By, Ended, Remove
from video.domain.video_state import Removed, Running, Video


def video(unit: Unit, video_id: UUID, by: By | None) -> Decided:
    """Remove a video; `by`: None where its workspace is emptied."""
    known = unit.state(video_project.decider, video_id)
    end = Ended()
    if isinstance(known, Running):
        end = filming.stopped(unit, video_id, known.video)
    decided = unit.decide(video_project.decider, video_id, Remove(by=by, end=end))
    if known is not None and not isinstance(known, Removed):
        _forget_words(unit, video_id, known.video)
    return decided


def _forget_words(unit: Unit, video_id: UUID, gone: Video) -> None:
    """Forget what was written of it, and the addresses that it showed."""
    unit.execute(kept.forget([video_id, *gone.clip_ids]))
    clipping.let_go(unit, video_id, gone, ())
