"""What a start and billing's answer share: which of them comes first."""

from uuid import UUID

from chassis.unit.deciding import Unit
from video.domain import answer, customer, video_project
from video.domain.answer import KeepAnswer
from video.domain.video_messages import NoteCleared, NotePaymentRequired
from video.domain.video_state import Removed, Standing, State


def is_barred(unit: Unit, workspace_id: UUID) -> bool:
    """Return whether nothing may be begun in a workspace: it is suspended or closed.

    Who had looked just before it was begins something still; `hold_work` looks twice.
    """
    known: customer.Customer | None = unit.state(customer.decider, workspace_id)
    return known is not None and known.is_barred


def is_over(unit: Unit, workspace_id: UUID) -> bool:
    """Return whether a workspace is closed, for good: what is in it goes, and nothing comes."""
    known: customer.Customer | None = unit.state(customer.decider, workspace_id)
    return known is not None and known.status == "closed"


def answered(unit: Unit, video_id: UUID, given: KeepAnswer) -> None:
    """Take billing's answer; keep it for a video that does not know of that run yet."""
    known: State | None = unit.state(video_project.decider, video_id)
    if isinstance(known, Removed):
        return
    if known is None or known.video.run < given.run:
        unit.decide(answer.decider, video_id, given)
    elif given.reason is not None:
        demanded = NotePaymentRequired(
            workspace_id=given.workspace_id, run=given.run, reason=given.reason
        )
        unit.decide(video_project.decider, video_id, demanded)
    else:
        cleared = NoteCleared(
            workspace_id=given.workspace_id,
            run=given.run,
            is_barred=is_barred(unit, given.workspace_id),
        )
        unit.decide(video_project.decider, video_id, cleared)


def asked(unit: Unit, video_id: UUID) -> Standing:
    """Take the answer that is kept, if any is, for the run that was asked for now."""
    state: Standing = unit.state(video_project.decider, video_id)
    kept: answer.Answer | None = unit.state(answer.decider, video_id)
    if kept and kept.is_for(state.workspace_id, state.video.run) and state.video.is_waiting:
        run = state.video.run
        given = KeepAnswer(workspace_id=kept.workspace_id, run=run, reason=kept.reason)
        answered(unit, video_id, given)
        state = unit.state(video_project.decider, video_id)
    return state
