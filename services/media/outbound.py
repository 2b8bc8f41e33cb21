"""What others hear of media."""

from typing import Any

from chassis.hearing.forgetting import SubjectForgotten
from chassis.unit.store import Recorded
from contracts.auth.erasure import KeptOf
from contracts.forgetting import SubjectForgotten as Forgotten
from contracts.media import events as told
from media.domain.image_events import ImageEnhanced, ImageRemoved
from media.domain.project_events import (
    ProjectOpened,
    ProjectRemoved,
    RunCompleted,
    RunFailed,
    StartRequested,
)
from media.domain.project_state import KIND


def outbound(recorded: Recorded, state: Any) -> Any:
    """Return the integration event that an event is told as, or None."""
    match recorded.event:
        case ProjectOpened(workspace_id=workspace_id, user_id=user_id, title=title):
            return told.ProjectCreated(
                project_id=recorded.subject,
                workspace_id=workspace_id,
                user_id=user_id,
                title=title,
            )
        case StartRequested(run=run, user_id=user_id, max_price_ore=max_price_ore):
            return told.ProjectStartRequested(
                project_id=recorded.subject,
                project_kind=KIND,
                workspace_id=state.workspace_id,
                user_id=user_id,
                run=run,
                title=state.title,
                max_price_ore=max_price_ore,
            )
        case RunCompleted(run=run, completed_count=completed, failed_count=failed):
            return told.ProjectCompleted(
                project_id=recorded.subject,
                project_kind=KIND,
                workspace_id=state.workspace_id,
                user_id=state.user_id,
                run=run,
                title=state.title,
                completed_count=completed,
                failed_count=failed,
                completed_at=recorded.recorded_at,
            )
        case RunFailed(run=run, failed_count=failed, reason=reason):
            return told.ProjectFailed(
                project_id=recorded.subject,
                project_kind=KIND,
                workspace_id=state.workspace_id,
                run=run,
                failed_count=failed,
                reason=reason,
            )
        case ProjectRemoved():
            return told.ProjectDeleted(
                project_id=recorded.subject,
                project_kind=KIND,
                workspace_id=state.workspace_id,
            )
        case _:
            return _besides(recorded, state)


def _besides(recorded: Recorded, state: Any) -> Any:
    match recorded.event:
        case ImageEnhanced(result=result, version_id=version_id):
            version = state.version(version_id)
            return told.ImageCompleted(
                image_id=version_id or recorded.subject,
                root_id=recorded.subject,
                version=version.number,
                project_id=state.project_id,
                workspace_id=state.workspace_id,
                room_type=version.room_type,
                sha256=result.sha256,
            )
        case ImageRemoved(version_ids=version_ids):
            return told.ImageDeleted(
                root_id=recorded.subject,
                version_ids=version_ids,
                project_id=state.project_id,
                workspace_id=state.workspace_id,
            )
        case SubjectForgotten(user_id=user_id, kept=kept):
            stays = tuple(KeptOf(what=each.what, until=each.until) for each in kept)
            return Forgotten(erasure_id=recorded.subject, user_id=user_id, kept=stays)
    return None
