"""What happens to a project."""

from uuid import UUID

from chassis.domain import value


@value
class Upload:
    """A file that somebody has announced."""

    image_id: UUID
    content_type: str
    size: int  # bytes
    sha256: str
    mask_of: UUID | None = None  # the photograph of which it marks an area: it is none itself


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


@value
class ProjectRenamed:
    title: str


@value
class StyleChanged:
    """Nothing had begun; the room type is that of photographs that are added from here on."""

    style_template_id: str
    room_type: str | None


@value
class ImagesRemoved:
    """What is said of the project, it has from here on; that they came out stays true."""

    image_ids: tuple[UUID, ...]
    completed_count: int  # of the photographs that are left, as the next
    failed_count: int
    status: str
    thumbnail_key: str | None  # the first original that is left


@value
class ProjectRemoved:
    pass


Event = (
    ProjectOpened
    | UploadsRequested
    | ProjectRenamed
    | StyleChanged
    | ImageJoined
    | StartRequested
    | Cleared
    | PaymentNeeded
    | ProcessingStarted
    | ImageFinished
    | ImageReturned
    | RunCompleted
    | RunFailed
    | ImagesRemoved
    | ProjectRemoved
)
