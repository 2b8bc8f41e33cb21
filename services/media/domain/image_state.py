"""What is known of a photograph after what has happened to it: its versions, 1 to n."""

from dataclasses import replace
from typing import Self
from uuid import UUID

from chassis.domain import value
from media.domain.image_events import (
    AlterationSet,
    Event,
    ImageAdded,
    ImageCancelled,
    ImageEnhanced,
    ImageFailed,
    ImagePostponed,
    ImageQueued,
    ImageRetried,
    Kind,
    LateResultNoted,
    MaskAdded,
    Mode,
    Original,
    Result,
    RoomTypeSet,
    VersionRequested,
)
from media.domain.status import Status


@value
class Version:
    """All that the row of a version shows. Of several attempts the costs are summed up."""

    version_id: UUID | None  # None is the first one of old
    number: int
    style_template_id: str
    room_type: str | None
    prompt: str  # empty where the words are the customer's own
    source_id: UUID | None = None  # the later ones have these: what they are made of, and how
    kind: Kind | None = None
    mode: Mode | None = None
    own_prompt: bool = False
    mask_key: str | None = None
    status: Status = "pending"
    retries: int = 0
    attempts: int = 0
    cost_micro_usd: int = 0
    result: Result | None = None
    alteration: str = "none"  # none | technical | material
    reason: str | None = None  # why it failed


@value
class Image:
    workspace_id: UUID
    project_id: UUID
    user_id: UUID
    original: Original
    versions: tuple[Version, ...]
    current: int = 1  # the number of the version that stands for the photograph
    masks: tuple[MaskAdded, ...] = ()
    published: str | None = None  # SHA-256 of the token by which everybody sees the original
    publications: int = 0  # how often it was published: a token is good for one

    @property
    def first(self) -> Version:
        """The version of which its project speaks."""
        return self.versions[0]

    @property
    def shown(self) -> Version:
        """The version that stands for the photograph."""
        return self.versions[self.current - 1]

    @property
    def next_number(self) -> int:
        """What the next version is numbered: none is ever taken away from among them."""
        return len(self.versions) + 1

    @property
    def version_ids(self) -> tuple[UUID, ...]:
        """The ids of all its versions, as far as their events name them."""
        return tuple(each.version_id for each in self.versions if each.version_id is not None)

    @property
    def later_ids(self) -> tuple[UUID, ...]:
        """The ids of the versions after the first."""
        return tuple(each.version_id for each in self.versions[1:] if each.version_id is not None)

    @property
    def has_come_out(self) -> bool:
        """Whether any version has."""
        return any(each.status == "completed" for each in self.versions)

    def has(self, version_id: UUID) -> bool:
        """Whether it has that version."""
        return any(each.version_id in (version_id, None) for each in self.versions)

    def version(self, version_id: UUID | None) -> Version:
        """The version of that id, which it has. The first one of old goes by any other id."""
        later = {each.version_id: each for each in self.versions[1:]}
        return later.get(version_id, self.first)

    def has_mask(self, mask_id: UUID | None) -> bool:
        """Whether it has that mask."""
        return any(each.mask_id == mask_id for each in self.masks)

    def mask(self, mask_id: UUID | None) -> MaskAdded:
        """The mask of that id, which it has."""
        return next(each for each in self.masks if each.mask_id == mask_id)

    def has_shape(self, width: int, height: int) -> bool:
        """Whether it, or what came out of it, has that shape."""
        results = (each.result for each in self.versions if each.result is not None)
        shapes = ((each.width, each.height) for each in results)
        own = (self.original.width, self.original.height)
        return any(alike((width, height), each) for each in (own, *shapes))

    def having(self, version: Version) -> Self:
        """The photograph with that version as it is now, or as its next one."""
        before, after = self.versions[: version.number - 1], self.versions[version.number :]
        return replace(self, versions=(*before, version, *after))


@value
class Removed:
    """A photograph that was deleted: what still comes for it is for nothing."""

    workspace_id: UUID
    project_id: UUID


def alike(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Return whether two pictures, by width and height, have one shape, within one per cent."""
    wide, high = one[0] * other[1], one[1] * other[0]
    return 100 * abs(wide - high) <= high


def original_version(event: ImageAdded) -> Version:
    return Version(
        version_id=event.image_id,
        number=1,
        style_template_id=event.style_template_id,
        room_type=event.room_type,
        prompt=event.prompt,
    )


def placed(image: Image, event: RoomTypeSet) -> Image:
    """Return the photograph with its room, which all its versions show; one prompt names it."""
    versions = (replace(each, room_type=event.room_type) for each in image.versions)
    first, *later = versions
    return replace(image, versions=(replace(first, prompt=event.prompt), *later))


def requested(event: VersionRequested) -> Version:
    return Version(
        version_id=event.version_id,
        number=event.number,
        style_template_id=event.style_template_id,
        room_type=event.room_type,
        prompt=event.prompt or "",
        source_id=event.source_id,
        kind=event.kind,
        mode=event.mode,
        own_prompt=event.own_prompt,
        mask_key=event.mask_key,
        status="processing",
    )


def after(version: Version, event: Event) -> Version:
    """Return a version after what has happened to it."""
    match event:
        case ImageQueued():
            style = event.style_template_id or version.style_template_id
            words = event.prompt or version.prompt
            return replace(
                version,
                status="processing",
                reason=None,
                style_template_id=style,
                prompt=words,
            )
        case ImagePostponed():
            return replace(version, status="pending")
        case ImageRetried():
            return replace(version, status="processing", reason=None, retries=version.retries + 1)
        case ImageEnhanced(result=result):
            done = _attempted(version, event)
            return replace(done, status="completed", result=result, alteration=result.alteration)
        case ImageFailed(reason=reason):
            return replace(_attempted(version, event), status="failed", reason=reason)
        case ImageCancelled():
            return replace(version, status="failed", reason="cancelled")
        case LateResultNoted(cost_micro_usd=cost):
            return replace(version, cost_micro_usd=version.cost_micro_usd + cost)
        case AlterationSet(alteration=alteration):
            return replace(version, alteration=alteration)
        case _:
            raise AssertionError(f"{event} happens to no version")


def _attempted(version: Version, event: ImageEnhanced | ImageFailed) -> Version:
    return replace(
        version,
        attempts=version.attempts + event.attempts,
        cost_micro_usd=version.cost_micro_usd + event.cost_micro_usd,
    )
