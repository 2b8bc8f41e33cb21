"""A project: photographs of one home in one style, cleared for work and done in runs."""

from dataclasses import replace

from chassis.domain import Decider
from chassis.errors import Forbidden, NotFound, Rejected
from media.domain.project_events import (
    Cleared,
    Event,
    ImageFinished,
    ImageJoined,
    ImageReturned,
    ImagesRemoved,
    PaymentNeeded,
    ProcessingStarted,
    ProjectOpened,
    ProjectRemoved,
    ProjectRenamed,
    RunCompleted,
    RunFailed,
    StartRequested,
    StyleChanged,
    UploadsRequested,
)
from media.domain.project_messages import (
    ChangeImages,
    Command,
    CreateProject,
    NoteCleared,
    NoteImageFinished,
    NoteImageReturned,
    NotePaymentRequired,
    Remove,
    RemoveImages,
    RequestUploads,
    Start,
    Update,
)
from media.domain.project_runs import images_removed, removed
from media.domain.project_state import Project, Removed
from media.domain.project_uploads import of_uploads
from media.domain.templates import TEMPLATES

State = Project | Removed


def decide(project: State | None, command: Command) -> list[Event]:
    match project, command:
        case None, CreateProject() if command.style_template_id not in TEMPLATES:
            raise Rejected("media.unknown_template", "no style template is called that")
        case None, CreateProject():
            return [_opened(command)]
        case Removed(), NoteCleared() | NotePaymentRequired():
            return []
        case Removed(), NoteImageFinished() | NoteImageReturned():
            return []
        case Removed(), Remove() if command.by is None:
            return []
        case Removed(), _:
            raise NotFound("media.project_not_found", "no such project")
        case Project(), CreateProject() if project.opened == _opened(command):
            return []
        case Project(), CreateProject():
            raise Rejected("media.project_exists", "another project has that id")
        case Project(), ChangeImages() | RequestUploads() | Start() if project.bars(command.by):
            raise Forbidden("media.not_your_project", "members change their own projects only")
        case Project(), Update() | RemoveImages() | Remove() if project.bars(command.by):
            raise Forbidden("media.not_your_project", "members change their own projects only")
        case Project(), ChangeImages():
            return []
        case Project(), Update() if command.style_template_id not in TEMPLATES:
            raise Rejected("media.unknown_template", "no style template is called that")
        case Project(), Update() if not _changes(project, command):
            return []
        case Project(), Update() if _changes_style(project, command) and project.begun:
            raise Rejected("media.project_at_work", "its photographs have the style by now")
        case Project(), Update():
            return _updated(project, command)
        case Project(), RemoveImages() if not set(command.image_ids) <= set(project.images):
            raise NotFound("media.image_not_found", "no such image")
        case Project(), RemoveImages():
            return images_removed(project, command)
        case Project(), Remove():
            return removed(project)
        case _:
            return of_uploads(project, command)


def _opened(command: CreateProject) -> ProjectOpened:
    return ProjectOpened(
        workspace_id=command.workspace_id,
        user_id=command.user_id,
        title=command.title,
        style_template_id=command.style_template_id,
        room_type=command.room_type,
    )


def _changes(project: Project, command: Update) -> bool:
    return command.title != project.title or _changes_style(project, command)


def _changes_style(project: Project, command: Update) -> bool:
    before = project.style_template_id, project.room_type
    return before != (command.style_template_id, command.room_type)


def _updated(project: Project, command: Update) -> list[Event]:
    events: list[Event] = []
    if command.title != project.title:
        events.append(ProjectRenamed(title=command.title))
    if _changes_style(project, command):
        style, room_type = command.style_template_id, command.room_type
        events.append(StyleChanged(style_template_id=style, room_type=room_type))
    return events


def evolve(project: State | None, event: Event) -> State:
    match project, event:
        case None, ProjectOpened():
            return Project(
                opened=event,
                title=event.title,
                style_template_id=event.style_template_id,
                room_type=event.room_type,
            )
        case Project(), UploadsRequested():
            return replace(project, announced=project.announced + event.uploads)
        case Project(), ProjectRenamed():
            return replace(project, title=event.title)
        case Project(), StyleChanged():
            style, room_type = event.style_template_id, event.room_type
            return replace(project, style_template_id=style, room_type=room_type)
        case Project(), ImageJoined():
            return project.joined(event.image_id, event.original_key)
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
        case Project(), ImagesRemoved():
            return project.without(event.image_ids)
        case Project(), ProjectRemoved():
            return Removed(workspace_id=project.workspace_id)
        case _:
            raise AssertionError(f"{event} cannot follow {project}")


decider = Decider(
    name="project",
    decide=decide,
    evolve=evolve,
    events=(
        ProjectOpened,
        UploadsRequested,
        ProjectRenamed,
        StyleChanged,
        ImageJoined,
        StartRequested,
        Cleared,
        PaymentNeeded,
        ProcessingStarted,
        ImageFinished,
        ImageReturned,
        RunCompleted,
        RunFailed,
        ImagesRemoved,
        ProjectRemoved,
    ),
    creates=(CreateProject,),
)
