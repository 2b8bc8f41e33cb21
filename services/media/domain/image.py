"""An image: one photograph of a project, as it was uploaded and as it came out."""

from dataclasses import replace
from uuid import UUID

from chassis.domain import Decider, value
from chassis.errors import NotFound, Rejected
from media.domain.templates import prompt


@value
class Original:
    """The uploaded file; width and height in pixels, as displayed."""

    key: str
    content_type: str
    size: int  # bytes
    sha256: str
    width: int
    height: int


@value
class Result:
    """The file that came out (a JPEG), and what made it."""

    key: str
    size: int  # bytes
    sha256: str
    width: int
    height: int
    model: str
    engine: str
    alteration: str  # none | technical | material
    params_hash: str


@value
class AddImage:
    workspace_id: UUID
    project_id: UUID
    user_id: UUID
    original: Original
    style_template_id: str
    room_type: str | None


@value
class SetRoomType:
    project_id: UUID
    room_type: str


@value
class Queue:
    run: int


@value
class Postpone:
    """Its work was taken back before it began."""


@value
class Complete:
    result: Result


@value
class Fail:
    reason: str  # a key of media.domain.failures


@value
class ImageAdded:
    workspace_id: UUID
    project_id: UUID
    user_id: UUID
    original: Original
    style_template_id: str
    room_type: str | None
    prompt: str


@value
class RoomTypeSet:
    """The prompt changes with it while the image is pending."""

    room_type: str
    prompt: str


@value
class ImageQueued:
    run: int


@value
class ImagePostponed:
    """It is as if it had not been queued."""


@value
class ImageEnhanced:
    result: Result


@value
class ImageFailed:
    reason: str


@value
class Image:
    workspace_id: UUID
    project_id: UUID
    user_id: UUID
    original: Original
    style_template_id: str
    room_type: str | None
    prompt: str
    status: str = "pending"  # pending | processing | completed | failed


Command = AddImage | SetRoomType | Queue | Postpone | Complete | Fail
Event = ImageAdded | RoomTypeSet | ImageQueued | ImagePostponed | ImageEnhanced | ImageFailed


def decide(image: Image | None, command: Command) -> list[Event]:
    match image, command:
        case None, AddImage():
            return [_added(command)]
        case Image(), AddImage() if image.original == command.original:
            return []
        case Image(), AddImage():
            raise Rejected("media.image_exists", "another image has that id")
        case Image(), SetRoomType() if image.project_id != command.project_id:
            raise NotFound("media.image_not_found", "no such image")
        case Image(), SetRoomType() if image.room_type == command.room_type:
            return []
        case Image(), SetRoomType() if image.status == "pending":
            words = prompt(image.style_template_id, command.room_type)
            return [RoomTypeSet(room_type=command.room_type, prompt=words)]
        case Image(), SetRoomType():
            return [RoomTypeSet(room_type=command.room_type, prompt=image.prompt)]
        case Image(), Queue() if image.status in ("pending", "failed"):
            return [ImageQueued(run=command.run)]
        case Image(), Postpone() if image.status == "processing":
            return [ImagePostponed()]
        case Image(), Complete() if image.status == "processing":
            return [ImageEnhanced(result=command.result)]
        case Image(), Fail() if image.status == "processing":
            return [ImageFailed(reason=command.reason)]
        case Image(), Queue() | Postpone() | Complete() | Fail():
            return []
        case _:
            raise AssertionError(f"{command} needs an image")


def _added(command: AddImage) -> ImageAdded:
    return ImageAdded(
        workspace_id=command.workspace_id,
        project_id=command.project_id,
        user_id=command.user_id,
        original=command.original,
        style_template_id=command.style_template_id,
        room_type=command.room_type,
        prompt=prompt(command.style_template_id, command.room_type),
    )


def evolve(image: Image | None, event: Event) -> Image:
    match image, event:
        case None, ImageAdded():
            return Image(
                workspace_id=event.workspace_id,
                project_id=event.project_id,
                user_id=event.user_id,
                original=event.original,
                style_template_id=event.style_template_id,
                room_type=event.room_type,
                prompt=event.prompt,
            )
        case Image(), RoomTypeSet():
            return replace(image, room_type=event.room_type, prompt=event.prompt)
        case Image(), ImageQueued():
            return replace(image, status="processing")
        case Image(), ImagePostponed():
            return replace(image, status="pending")
        case Image(), ImageEnhanced():
            return replace(image, status="completed")
        case Image(), ImageFailed():
            return replace(image, status="failed")
        case _:
            raise AssertionError(f"{event} cannot follow {image}")


decider = Decider(
    name="image",
    decide=decide,
    evolve=evolve,
    events=(ImageAdded, RoomTypeSet, ImageQueued, ImagePostponed, ImageEnhanced, ImageFailed),
    creates=(AddImage,),
)
