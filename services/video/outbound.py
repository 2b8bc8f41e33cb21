"""What others hear of video: ids, business facts and the title of a film."""

from typing import Any
from uuid import UUID

from chassis.hearing.forgetting import SubjectForgotten
from chassis.unit.store import Recorded
from contracts.auth.erasure import KeptOf
from contracts.forgetting import SubjectForgotten as Forgotten
from contracts.video import events as told
from video.domain.plan import KIND
from video.domain.video_events import RunEnded, StartRequested, VideoCreated, VideoRemoved
from video.domain.video_state import Standing


def outbound(recorded: Recorded, state: Any) -> Any:
    """Return the integration event that an event is told as, or None."""
    id = recorded.subject
    match recorded.event:
        case VideoCreated(workspace_id=workspace_id, user_id=user_id, settings=settings):
            return told.VideoCreated(
                project_id=id, workspace_id=workspace_id, user_id=user_id, title=settings.title
            )
        case StartRequested(run=run, max_price_ore=max_price_ore):
            return told.ProjectStartRequested(
                project_id=id,
                project_kind=KIND,
                workspace_id=state.workspace_id,
                user_id=state.video.user_id,
                run=run,
                title=state.video.settings.title,
                max_price_ore=max_price_ore,
            )
        case RunEnded():
            return _ended(id, recorded.event, state)
        case VideoRemoved():
            return told.ProjectDeleted(
                project_id=id, project_kind=KIND, workspace_id=state.workspace_id
            )
        case SubjectForgotten(user_id=user_id, kept=kept):
            stays = tuple(KeptOf(what=each.what, until=each.until) for each in kept)
            return Forgotten(erasure_id=recorded.subject, user_id=user_id, kept=stays)
    return None


def _ended(id: UUID, event: RunEnded, state: Standing) -> Any:
    if event.film is not None:
        return told.ProjectCompleted(
            project_id=id,
            project_kind=KIND,
            workspace_id=state.workspace_id,
            user_id=state.video.user_id,
            revision=event.revision,
            title=state.video.settings.title,
            duration_seconds=event.film.duration_seconds,
            completed_at=event.at,
        )
    if event.outcome == "failed":
        return told.ProjectFailed(
            project_id=id,
            project_kind=KIND,
            workspace_id=state.workspace_id,
            run=event.run,
            failed_count=event.failed_count,
            reason=event.reason or "",
        )
    return None  # broken off or held: it may go on
