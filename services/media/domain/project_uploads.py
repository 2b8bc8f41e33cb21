"""Decisions on what is to come into a project, and on photographs that have."""

from chassis.errors import NotFound, Rejected
from media.domain.project_events import Event, ImageJoined, UploadsRequested
from media.domain.project_messages import Command, NoteImageAdded, RequestUploads
from media.domain.project_state import Project, Removed
from media.domain.project_work import of_work


def of_uploads(project: Project | Removed | None, command: Command) -> list[Event]:
    """Decide on what is announced, and on what has come."""
    match project, command:
        case Project(), RequestUploads():
            _must_have_room(project, command)
            return [UploadsRequested(uploads=command.uploads)]
        case Project(), NoteImageAdded() if command.image_id in project.images:
            return []
        case Project(), NoteImageAdded() if not project.expects(command.image_id):
            raise NotFound("media.image_not_found", "no such image")
        case Project(), NoteImageAdded() if len(project.images) >= command.most:
            raise _too_many_images(command.most)
        case Project(), NoteImageAdded():
            return [_joined(project, command)]
        case _:
            return of_work(project, command)


def _must_have_room(project: Project, command: RequestUploads) -> None:
    """Raise unless all that is announced may come; who announces none is over no limit."""
    photographs, masks, most = command.photographs, len(command.masks), command.most
    left = max(0, most.images - len(project.images))
    if photographs > left:
        raise _too_many_images(most.images, left=left)
    if photographs and project.announced_images + photographs > most.announced:
        raise Rejected("media.too_many_uploads", "too many announced files never came")
    if masks and project.announced_masks + masks > most.masks:
        raise Rejected("media.too_many_masks", f"a project has at most {most.masks} masks")
    if not set(command.masks) <= set(project.images):
        raise NotFound("media.image_not_found", "no such image")


def _too_many_images(most: int, **left: int) -> Rejected:
    text = f"a project has at most {most} photographs"
    return Rejected("media.too_many_images", text, details=left)


def _joined(project: Project, command: NoteImageAdded) -> ImageJoined:
    after = project.joined(command.image_id, command.original_key)
    return ImageJoined(
        image_id=command.image_id, original_key=command.original_key, status=after.status
    )
