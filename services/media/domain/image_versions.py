"""Decisions on the versions of a photograph: which are made, which begin, and how they end."""

from chassis.errors import NotFound, Rejected
from media.domain.image_events import (
    AlterationSet,
    Event,
    ImageCancelled,
    ImageEnhanced,
    ImageFailed,
    ImagePostponed,
    ImageQueued,
    ImageRetried,
    LateResultNoted,
    VersionRequested,
    VersionSelected,
)
from media.domain.image_messages import (
    Cancel,
    Command,
    Complete,
    Edit,
    Fail,
    NoteLate,
    Postpone,
    Queue,
    Regenerate,
    Retry,
    Select,
    SetAlteration,
)
from media.domain.image_state import Image, Removed, alike
from media.domain.templates import REMOVAL, TEMPLATES, prompt


def of_versions(image: Image | Removed | None, command: Command) -> list[Event]:
    """Decide on what people want of versions: another one, another choice, another word."""
    match image, command:
        case Image(), Edit() | Regenerate() if not image.has(command.source_id):
            raise NotFound("media.image_not_found", "no such image")
        case Image(), Edit() | Regenerate() if len(image.versions) >= command.most:
            raise Rejected("media.too_many_versions", f"a photograph has at most {command.most}")
        case Image(), Edit() if image.version(command.source_id).status != "completed":
            raise Rejected("media.not_completed", "edit a version that came out")
        case Image(), Edit() if command.mask_id is None:
            raise Rejected("media.mask_missing", "say by a mask what is to change")
        case Image(), Edit() if not image.has_mask(command.mask_id):
            raise NotFound("media.image_not_found", "no such mask")
        case Image(), Edit() if not fits(image, command):
            raise Rejected("media.mask_mismatch", "the mask has another shape")
        case Image(), Edit() if image.mask(command.mask_id).is_empty:
            raise Rejected("media.mask_empty", "nothing of the mask is white")
        case Image(), Edit() if command.mode == "add" and not command.own_prompt:
            raise Rejected("media.prompt_missing", "say what is to be added")
        case Image(), Edit():
            return [edited(image, command)]
        case Image(), Regenerate() if command.style_template_id not in (None, *TEMPLATES):
            raise Rejected("media.unknown_template", "no style template is called that")
        case Image(), Regenerate() if not image.has_come_out:
            raise Rejected("media.not_completed", "nothing has come out yet")
        case Image(), Regenerate():
            return [regenerated(image, command)]
        case Image(), Select() | SetAlteration() if not image.has(command.version_id):
            raise NotFound("media.image_not_found", "no such image")
        case Image(), Select() if image.version(command.version_id).status != "completed":
            raise Rejected("media.not_completed", "only what came out can be chosen")
        case Image(), Select() if image.version(command.version_id).number == image.current:
            return []
        case Image(), Select():
            before = image.shown.version_id
            return [VersionSelected(version_id=command.version_id, replaces=before)]
        case Image(), SetAlteration() if is_said_already(image, command):
            return []
        case Image(), SetAlteration(version_id=version_id, alteration=alteration):
            return [AlterationSet(version_id=version_id, alteration=alteration)]
        case _:
            return of_work(image, command)


def fits(image: Image, command: Edit) -> bool:
    """Return whether the mask has the shape of what it marks."""
    mask, result = image.mask(command.mask_id), image.version(command.source_id).result
    if result is None:
        raise AssertionError("what came out has a result")
    return alike((mask.width, mask.height), (result.width, result.height))


def edited(image: Image, command: Edit) -> VersionRequested:
    source = image.version(command.source_id)
    return VersionRequested(
        version_id=command.version_id,
        number=image.next_number,
        workspace_id=image.workspace_id,
        project_id=image.project_id,
        user_id=command.user_id,
        original=image.original,
        source_id=command.source_id,
        kind="edit",
        mode=command.mode,
        style_template_id=source.style_template_id,
        room_type=source.room_type,
        prompt=None if command.own_prompt else REMOVAL,
        own_prompt=command.own_prompt,
        mask_key=image.mask(command.mask_id).key,
    )


def regenerated(image: Image, command: Regenerate) -> VersionRequested:
    source = image.version(command.source_id)
    style = command.style_template_id or source.style_template_id
    room_type = command.room_type or source.room_type
    return VersionRequested(
        version_id=command.version_id,
        number=image.next_number,
        workspace_id=image.workspace_id,
        project_id=image.project_id,
        user_id=command.user_id,
        original=image.original,
        source_id=command.source_id,
        kind="regenerate",
        mode=None,
        style_template_id=style,
        room_type=room_type,
        prompt=prompt(style, room_type),
        own_prompt=False,
        mask_key=None,
    )


def is_said_already(image: Image, command: SetAlteration) -> bool:
    return image.version(command.version_id).alteration == command.alteration


def of_work(image: Image | Removed | None, command: Command) -> list[Event]:
    """Decide on the work itself. An end never changes but by a person's retry, or a new start."""
    match image, command:
        case Image(), Queue() if image.first.status == "pending":
            return [queued(image, command)]
        case Image(), Queue() if image.first.status == "failed":
            return [ImageRetried(version_id=command.image_id, run=command.run)]
        case Image(), Queue():
            return []
        case Image(), Postpone() if image.first.status == "processing":
            return [ImagePostponed()]
        case Image(), Postpone():
            return []
        case Image(), Retry() | Complete() | NoteLate() | Fail() | Cancel() if not image.has(
            command.version_id
        ):
            raise NotFound("media.image_not_found", "no such image")
        case Image(), Retry() if image.version(command.version_id).status != "failed":
            raise Rejected("media.not_failed", "only what failed can be tried again")
        case Image(), Retry() if image.version(command.version_id).retries >= command.most:
            raise Rejected("media.too_many_retries", f"tried again {command.most} times")
        case Image(), Retry(version_id=version_id, run=run):
            return [ImageRetried(version_id=version_id, run=run)]
        case Image(), Complete() if is_at_work(image, command):
            return [enhanced(image, command)]
        case Image(), Complete() | NoteLate() if command.cost_micro_usd > 0:
            return [late(command)]
        case Image(), Fail() if is_at_work(image, command):
            return [failed(command)]
        case Image(), Cancel() if is_at_work(image, command):
            return [ImageCancelled(version_id=command.version_id)]
        case Image(), Complete() | NoteLate() | Fail() | Cancel():
            return []
        case _:
            raise AssertionError(f"{command} needs an image")


def queued(image: Image, command: Queue) -> ImageQueued:
    style = command.style_template_id
    if style == image.first.style_template_id:
        return ImageQueued(run=command.run)
    words = prompt(style, image.first.room_type)
    return ImageQueued(run=command.run, style_template_id=style, prompt=words)


def is_at_work(image: Image, command: Complete | Fail | Cancel) -> bool:
    return image.version(command.version_id).status == "processing"


def enhanced(image: Image, command: Complete) -> ImageEnhanced:
    """It stands for the photograph, unless a later one does."""
    stands = image.version(command.version_id).number > image.current
    return ImageEnhanced(
        version_id=command.version_id,
        result=command.result,
        cost_micro_usd=command.cost_micro_usd,
        attempts=command.attempts,
        stands=stands,
        replaces=image.shown.version_id if stands else None,
    )


def late(command: Complete | NoteLate) -> LateResultNoted:
    return LateResultNoted(version_id=command.version_id, cost_micro_usd=command.cost_micro_usd)


def failed(command: Fail) -> ImageFailed:
    return ImageFailed(
        version_id=command.version_id,
        reason=command.reason,
        cost_micro_usd=command.cost_micro_usd,
        attempts=command.attempts,
    )
