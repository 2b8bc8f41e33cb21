"""An image: one photograph of a project, as it was uploaded, and its versions, as they came out.

The first version is queued by its project; later ones are edits and regenerations, made at once.
"""

from dataclasses import replace

from chassis.domain import Decider
from chassis.errors import NotFound, Rejected
from media.domain.image_events import (
    AlterationSet,
    Event,
    ImageAdded,
    ImageCancelled,
    ImageEnhanced,
    ImageFailed,
    ImagePostponed,
    ImageQueued,
    ImageRemoved,
    ImageRetried,
    LateResultNoted,
    MaskAdded,
    OriginalPublished,
    OriginalRevoked,
    RoomTypeSet,
    VersionRequested,
    VersionSelected,
)
from media.domain.image_messages import (
    AddImage,
    AddMask,
    Cancel,
    Command,
    Complete,
    Fail,
    NoteLate,
    Postpone,
    PublishOriginal,
    Remove,
    RevokeOriginal,
    SetRoomType,
)
from media.domain.image_state import (
    Image,
    Removed,
    after,
    original_version,
    placed,
    requested,
)
from media.domain.image_versions import late, of_versions
from media.domain.templates import prompt

State = Image | Removed


def decide(image: State | None, command: Command) -> list[Event]:
    match image, command:
        case None, AddImage():
            return [_added(command)]
        case Removed(), Complete() | NoteLate() if command.cost_micro_usd > 0:
            return [late(command)]
        case Removed(), Complete() | NoteLate() | Fail() | Cancel() | Postpone() | Remove():
            return []
        case Removed(), _:
            raise NotFound("media.image_not_found", "no such image")
        case Image(), AddImage() if image.original == command.original:
            return []
        case Image(), AddImage():
            raise Rejected("media.image_exists", "another image has that id")
        case Image(), SetRoomType() if image.project_id != command.project_id:
            raise NotFound("media.image_not_found", "no such image")
        case Image(), SetRoomType() if image.first.room_type == command.room_type:
            return []
        case Image(), SetRoomType():
            return [_room_type_set(image, command)]
        case Image(), AddMask() if image.has_mask(command.mask_id):
            return []
        case Image(), AddMask():
            return [_mask_added(command)]
        case Image(), PublishOriginal() if image.published:
            return []
        case Image(), PublishOriginal():
            return [OriginalPublished(token_sha256=command.token_sha256)]
        case Image(), RevokeOriginal() if not image.published:
            return []
        case Image(), RevokeOriginal():
            return [OriginalRevoked(token_sha256=image.published)]
        case Image(), Remove():
            return [ImageRemoved(version_ids=image.version_ids)]
        case _:
            return of_versions(image, command)


def _added(command: AddImage) -> ImageAdded:
    return ImageAdded(
        image_id=command.image_id,
        workspace_id=command.workspace_id,
        project_id=command.project_id,
        user_id=command.user_id,
        original=command.original,
        style_template_id=command.style_template_id,
        room_type=command.room_type,
        prompt=prompt(command.style_template_id, command.room_type),
    )


def _room_type_set(image: Image, command: SetRoomType) -> RoomTypeSet:
    """The words that were used stay as they were."""
    first, room_type = image.first, command.room_type
    words = (
        prompt(first.style_template_id, room_type) if first.status == "pending" else first.prompt
    )
    return RoomTypeSet(room_type=room_type, prompt=words, later_ids=image.later_ids)


def _mask_added(command: AddMask) -> MaskAdded:
    return MaskAdded(
        mask_id=command.mask_id,
        key=command.key,
        width=command.width,
        height=command.height,
        is_empty=command.is_empty,
    )


def evolve(image: State | None, event: Event) -> State:
    match image, event:
        case None, ImageAdded():
            return Image(
                workspace_id=event.workspace_id,
                project_id=event.project_id,
                user_id=event.user_id,
                original=event.original,
                versions=(original_version(event),),
            )
        case Image(), RoomTypeSet():
            return placed(image, event)
        case Image(), MaskAdded():
            return replace(image, masks=(*image.masks, event))
        case Image(), OriginalPublished(token_sha256=token):
            return replace(image, published=token, publications=image.publications + 1)
        case Image(), OriginalRevoked():
            return replace(image, published=None)
        case Image(), VersionRequested():
            return image.having(requested(event))
        case Image(), ImageQueued() | ImagePostponed():
            return image.having(after(image.first, event))
        case Image(), VersionSelected():
            return replace(image, current=image.version(event.version_id).number)
        case Image(), ImageEnhanced():
            came = after(image.version(event.version_id), event)
            return replace(image.having(came), current=max(image.current, came.number))
        case Image(), ImageRetried() | ImageFailed() | ImageCancelled():
            return image.having(after(image.version(event.version_id), event))
        case Image(), AlterationSet() | LateResultNoted():
            return image.having(after(image.version(event.version_id), event))
        case Image(), ImageRemoved():
            return Removed(workspace_id=image.workspace_id, project_id=image.project_id)
        case Removed(), LateResultNoted():
            return image
        case _:
            raise AssertionError(f"{event} cannot follow {image}")


decider = Decider(
    name="image",
    decide=decide,
    evolve=evolve,
    events=(
        ImageAdded,
        RoomTypeSet,
        ImageQueued,
        ImagePostponed,
        VersionRequested,
        ImageRetried,
        ImageEnhanced,
        ImageFailed,
        ImageCancelled,
        LateResultNoted,
        VersionSelected,
        AlterationSet,
        MaskAdded,
        OriginalPublished,
        OriginalRevoked,
        ImageRemoved,
    ),
    creates=(AddImage,),
)
