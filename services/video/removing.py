"""A video goes: its run has ended first, the work at it ends, and nothing is shown any more.

Its films go by a job, which the event asks for; pieces and copies once no other video has them.
"""

from uuid import UUID

from sqlalchemy import delete

from chassis.personal import personal
from chassis.unit.calls import Decided
from chassis.unit.deciding import Unit
from video import filming
from video.domain import video_project
from video.domain.video_messages import By, Ended, Remove
from video.domain.video_state import Removed, Running


def video(unit: Unit, video_id: UUID, by: By | None) -> Decided:
    """Remove a video; `by`: None where its workspace is emptied."""
    known = unit.state(video_project.decider, video_id)
    end = Ended()
    if isinstance(known, Running):
        end = filming.stopped(unit, video_id, known.video)
    decided = unit.decide(video_project.decider, video_id, Remove(by=by, end=end))
    if known is not None and not isinstance(known, Removed):
        _forget_texts(unit, [video_id, *(clip.id for clip in known.video.clips)])
    return decided


def _forget_texts(unit: Unit, row_ids: list[UUID]) -> None:
    """Forget what was written of it."""
    rows = [str(each) for each in row_ids]
    unit.execute(delete(personal).where(personal.c.row_id.in_(rows)))
