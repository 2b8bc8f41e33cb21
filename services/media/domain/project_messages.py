"""What a project is told to do, and what happens to it."""

from uuid import UUID

from chassis.domain import value


@value
class By:
    """Who asks: a member changes their own projects, who stands above a member changes any."""

    user_id: UUID
    any_project: bool


@value
class Upload:
    """A file that somebody has announced."""

    image_id: UUID
    content_type: str
    size: int  # bytes
    sha256: str


@value
class CreateProject:
    workspace_id: UUID
    user_id: UUID
    title: str
    style_template_id: str
    room_type: str | None


@value
class ChangeImages:
    """Somebody is about to change images of the project; it only says whether they may."""

    by: By


@value
class RequestUploads:
    by: By
    uploads: tuple[Upload, ...]


@value
class NoteImageAdded:
    image_id: UUID
    original_key: str


@value
class Start:
    """Have all pending images done; `unplaced` are those without a room type."""

    by: By
    max_price_ore: int | None
    unplaced: frozenset[UUID]
    is_barred: bool  # nothing may be begun in its workspace, as in what follows


@value
class NoteCleared:
    workspace_id: UUID
    run: int
    unplaced: frozenset[UUID]
    is_barred: bool


@value
class NotePaymentRequired:
    workspace_id: UUID
    run: int
    reason: str


@value
class NoteImageFinished:
    image_id: UUID
    completed: bool


@value
class NoteImageReturned:
    """An image that had not begun waits for another start."""

    image_id: UUID


@value
class ProjectOpened:
    workspace_id: UUID
    user_id: UUID
    title: str
    style_template_id: str
    room_type: str | None


@value
class UploadsRequested:
    uploads: tuple[Upload, ...]


@value
class ImageJoined:
    image_id: UUID
    original_key: str
    status: str  # of the project from here on, as in the events below


@value
class StartRequested:
    run: int
    user_id: UUID
    max_price_ore: int | None


@value
class Cleared:
    run: int


@value
class PaymentNeeded:
    run: int
    reason: str


@value
class ProcessingStarted:
    run: int
    image_ids: tuple[UUID, ...]
    status: str
    reopened: int = 0  # how many of them had failed before


@value
class ImageFinished:
    image_id: UUID
    completed: bool
    status: str


@value
class ImageReturned:
    image_id: UUID
    status: str


@value
class RunCompleted:
    run: int
    completed_count: int
    failed_count: int


@value
class RunFailed:
    run: int
    failed_count: int
    reason: str
    clearance: str  # of the project from here on: 'none' where nothing has ever come out


Command = (
    CreateProject
    | ChangeImages
    | RequestUploads
    | NoteImageAdded
    | Start
    | NoteCleared
    | NotePaymentRequired
    | NoteImageFinished
    | NoteImageReturned
)
Event = (
    ProjectOpened
    | UploadsRequested
    | ImageJoined
    | StartRequested
    | Cleared
    | PaymentNeeded
    | ProcessingStarted
    | ImageFinished
    | ImageReturned
    | RunCompleted
    | RunFailed
)
