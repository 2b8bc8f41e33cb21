"""A project: photographs of one home in one style, cleared for work and done in runs."""

from dataclasses import replace

from chassis.domain import Decider
from chassis.errors import Forbidden, NotFound, Rejected
from media.domain.project_messages import (
    ChangeImages,
    Cleared,
    Command,
    CreateProject,
    Event,
    ImageFinished,
    ImageJoined,
    ImageReturned,
    NoteCleared,
    NoteImageAdded,
    NoteImageFinished,
    NoteImageReturned,
    NotePaymentRequired,
    PaymentNeeded,
    ProcessingStarted,
    ProjectOpened,
    RequestUploads,
    RunCompleted,
    RunFailed,
    Start,
    StartRequested,
    UploadsRequested,
)
from media.domain.project_runs import begun, finished, returned
from media.domain.project_state import MAX_IMAGES, Project
from media.domain.templates import TEMPLATES

TOO_MANY_IMAGES = f"a project has at most {MAX_IMAGES} photographs"


def decide(project: Project | None, command: Command) -> list[Event]:
    match project, command:
        case None, CreateProject() if command.style_template_id not in TEMPLATES:
            raise Rejected("media.unknown_template", "no style template is called that")
        case None, CreateProject():
            return [_opened(command)]
        case Project(), CreateProject() if project.is_for(command):
            return []
        case Project(), CreateProject():
            raise Rejected("media.project_exists", "another project has that id")
        case Project(), ChangeImages() | RequestUploads() | Start() if project.bars(command.by):
            raise Forbidden("media.not_your_project", "members change their own projects only")
        case Project(), ChangeImages():
            return []
        case Project(), RequestUploads() if len(command.uploads) > project.room_left:
            left = {"left": project.room_left}
            raise Rejected("media.too_many_images", TOO_MANY_IMAGES, details=left)
        case Project(), RequestUploads() if len(command.uploads) > project.uploads_left:
            raise Rejected("media.too_many_uploads", "too many announced files never came")
        case Project(), RequestUploads():
            return [UploadsRequested(uploads=command.uploads)]
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
        case _:
            return _noted(project, command)


def _noted(project: Project | None, command: Command) -> list[Event]:
    """Decide on what no person asks for: what came in, what billing says, what became of images."""
    match project, command:
        case Project(), NoteImageAdded() if command.image_id in project.images:
            return []
        case Project(), NoteImageAdded() if project.upload(command.image_id) is None:
            raise NotFound("media.image_not_found", "no such image")
        case Project(), NoteImageAdded() if project.room_left == 0:
            raise Rejected("media.too_many_images", TOO_MANY_IMAGES)
        case Project(), NoteImageAdded():
            return [_joined(project, command)]
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
        case Project(), NoteImageFinished() if command.image_id not in project.working:
            return []
        case Project(), NoteImageFinished():
            return finished(project, command)
        case Project(), NoteImageReturned() if command.image_id not in project.working:
            return []
        case Project(), NoteImageReturned():
            return returned(project, command)
        case _:
            raise AssertionError(f"{command} needs a project")


def _opened(command: CreateProject) -> ProjectOpened:
    return ProjectOpened(
        workspace_id=command.workspace_id,
        user_id=command.user_id,
        title=command.title,
        style_template_id=command.style_template_id,
        room_type=command.room_type,
    )


def _joined(project: Project, command: NoteImageAdded) -> ImageJoined:
    after = replace(project, images=(*project.images, command.image_id))
    return ImageJoined(
        image_id=command.image_id, original_key=command.original_key, status=after.status
    )


def _start_requested(project: Project, command: Start) -> StartRequested:
    return StartRequested(
        run=project.run + 1, user_id=command.by.user_id, max_price_ore=command.max_price_ore
    )


def _names_another(project: Project, command: NoteCleared | NotePaymentRequired) -> bool:
    return command.workspace_id != project.workspace_id


def evolve(project: Project | None, event: Event) -> Project:
    match project, event:
        case None, ProjectOpened():
            return Project(
                workspace_id=event.workspace_id,
                user_id=event.user_id,
                title=event.title,
                style_template_id=event.style_template_id,
                room_type=event.room_type,
            )
        case Project(), UploadsRequested():
            return replace(project, announced=project.announced + event.uploads)
        case Project(), ImageJoined():
            return replace(project, images=(*project.images, event.image_id))
        case Project(), StartRequested():
            return replace(project, run=event.run, clearance="requested", in_run=frozenset())
        case Project(), Cleared():
            return replace(project, clearance="cleared")
        case Project(), PaymentNeeded():
            return replace(project, clearance="payment_required")
        case Project(), ProcessingStarted():
            return project.in_run_with(event.run, event.image_ids)
        case Project(), ImageFinished():
            return project.ended_with(event.image_id, event.completed)
        case Project(), ImageReturned():
            return project.returned(event.image_id)
        case Project(), RunFailed(clearance="none"):
            return replace(project, clearance="none", voided=event.run)
        case Project(), RunCompleted() | RunFailed():
            return project
        case _:
            raise AssertionError(f"{event} cannot follow {project}")


decider = Decider(
    name="project",
    decide=decide,
    evolve=evolve,
    events=(
        ProjectOpened,
        UploadsRequested,
        ImageJoined,
        StartRequested,
        Cleared,
        PaymentNeeded,
        ProcessingStarted,
        ImageFinished,
        ImageReturned,
        RunCompleted,
        RunFailed,
    ),
    creates=(CreateProject,),
)
