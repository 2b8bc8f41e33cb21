"""What a start and billing's answer share: which of them comes first."""

from uuid import UUID

from chassis.unit.deciding import Unit
from video.domain import answer, customer, video_project
from video.domain.answer import KeepAnswer
from video.domain.video import Draft, NoteCleared, NotePaymentRequired, State


def is_barred(unit: Unit, workspace_id: UUID) -> bool:
    """Return whether nothing may be begun in a workspace: it is suspended or closed."""
    known: customer.Customer | None = unit.state(customer.decider, workspace_id)
    return known is not None and known.is_barred


def answered(unit: Unit, video_id: UUID, given: KeepAnswer) -> None:
    """Take billing's answer; keep it for a video that does not know that it has asked."""
    known: State | None = unit.state(video_project.decider, video_id)
    if known is None or (isinstance(known, Draft) and known.clearance == "none"):
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


def asked(unit: Unit, video_id: UUID) -> State:
    """Take the answer that is kept, if any is, for the run that was asked for now."""
    kept: answer.Answer | None = unit.state(answer.decider, video_id)
    if kept:
        again = KeepAnswer(workspace_id=kept.workspace_id, run=kept.run, reason=kept.reason)
        answered(unit, video_id, again)
    state: State = unit.state(video_project.decider, video_id)
    return state
