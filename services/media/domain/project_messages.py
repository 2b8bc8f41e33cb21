"""What a project is told to do."""

from uuid import UUID

from chassis.domain import value
from media.domain.project_events import Upload


@value
class By:
    """Who asks: a member changes their own projects, who stands above a member changes any."""

    user_id: UUID
    any_project: bool


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
class Most:
    """How much a project may have."""

    images: int
    announced: int  # photographs, with those that never came
    masks: int


@value
class RequestUploads:
    by: By
    uploads: tuple[Upload, ...]
    most: Most

    @property
    def photographs(self) -> int:
        """How many of them are photographs."""
        return sum(each.mask_of is None for each in self.uploads)

    @property
    def masks(self) -> tuple[UUID, ...]:
        """The photographs of which the others mark an area, one a mask."""
        return tuple(each.mask_of for each in self.uploads if each.mask_of is not None)


@value
class NoteImageAdded:
    image_id: UUID
    original_key: str
    most: int  # photographs of a project


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
class NoteImageRetried:
    """An image that failed is tried again, at no charge."""

    image_id: UUID


@value
class Update:
    """What the project is to be called and look like from now on: all of it, changed or not."""

    by: By
    title: str
    style_template_id: str
    room_type: str | None


@value
class RemoveImages:
    by: By
    image_ids: tuple[UUID, ...]


@value
class Remove:
    """Delete the project with all that is in it."""

    by: By | None  # None: its workspace is emptied


Command = (
    CreateProject
    | ChangeImages
    | RequestUploads
    | Update
    | NoteImageAdded
    | Start
    | NoteCleared
    | NotePaymentRequired
    | NoteImageFinished
    | NoteImageReturned
    | NoteImageRetried
    | RemoveImages
    | Remove
)
