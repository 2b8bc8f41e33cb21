"""Decisions on a project's work: when it is asked for, begins, and what became of its images."""

from chassis.errors import NotFound, Rejected
from media.domain.project_events import Cleared, Event, PaymentNeeded, StartRequested
from media.domain.project_messages import (
    Command,
    NoteCleared,
    NoteImageFinished,
    NoteImageRetried,
    NoteImageReturned,
    NotePaymentRequired,
    Start,
)
from media.domain.project_runs import begun, finished, returned, started
from media.domain.project_state import Project, Removed


def of_work(project: Project | Removed | None, command: Command) -> list[Event]:
    """Decide on a start, and on what no person asks for."""
    match project, command:
        case Project(), Start() if command.is_barred:
            raise Rejected("media.workspace_suspended", "nothing is begun in this workspace")
        case Project(), Start() if not project.images:
            raise Rejected("media.no_images", "upload photographs first")
        case Project(), Start() if command.unplaced:
            count = len(command.unplaced)
            text = f"{count} photographs lack a room type"
            raise Rejected("media.room_type_missing", text, details={"count": count})
        case Project(), Start() if project.clearance == "cleared":
            return begun(project, command.unplaced)
        case Project(), Start() if project.clearance == "requested":
            return []
        case Project(), Start():
            return [_start_requested(project, command)]
        case Project(), NoteCleared() | NotePaymentRequired() if _names_another(project, command):
            raise Rejected("media.workspace_mismatch", "billing names another workspace")
        case Project(), NoteCleared() if not project.may_begin_by(command.run):
            return []
        case Project(), NoteCleared() if command.is_barred:  # its next start begins
            return [Cleared(run=command.run)]
        case Project(), NoteCleared():
            return [Cleared(run=command.run), *begun(project, command.unplaced)]
        case Project(), NotePaymentRequired() if not project.waits_in(command.run):
            return []
        case Project(), NotePaymentRequired():
            return [PaymentNeeded(run=command.run, reason=command.reason)]
        case _:
            return of_images(project, command)


def _start_requested(project: Project, command: Start) -> StartRequested:
    return StartRequested(
        run=project.run + 1, user_id=command.by.user_id, max_price_ore=command.max_price_ore
    )


def _names_another(project: Project, command: NoteCleared | NotePaymentRequired) -> bool:
    return command.workspace_id != project.workspace_id


def of_images(project: Project | Removed | None, command: Command) -> list[Event]:
    """Decide on what became of its images."""
    match project, command:
        case Project(), NoteImageFinished() if command.image_id not in project.working:
            return []
        case Project(), NoteImageFinished():
            return finished(project, command)
        case Project(), NoteImageReturned() if command.image_id not in project.working:
            return []
        case Project(), NoteImageReturned():
            return returned(project, command)
        case Project(), NoteImageRetried() if command.image_id not in project.images:
            raise NotFound("media.image_not_found", "no such image")
        case Project(), NoteImageRetried() if command.image_id not in project.failed:
            raise Rejected("media.not_failed", "only what failed can be tried again")
        case Project(), NoteImageRetried() if project.clearance != "cleared":
            raise Rejected("media.not_cleared", "start the project again")
        case Project(), NoteImageRetried():
            return [started(project, (command.image_id,))]
        case _:
            raise AssertionError(f"{command} needs a project")
