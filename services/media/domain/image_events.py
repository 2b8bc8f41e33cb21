"""What happens to a photograph. Costs are micro-dollars.

A version is named by its id; the first one's is the photograph's own.
"""

from typing import Literal
from uuid import UUID

from chassis.domain import value

Kind = Literal["edit", "regenerate"]  # how a later version is made
Mode = Literal["remove", "add"]  # what an edit does where its mask is white
Alteration = Literal["none", "technical", "material"]


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
class ImageAdded:
    workspace_id: UUID
    project_id: UUID
    user_id: UUID
    original: Original
    style_template_id: str
    room_type: str | None
    prompt: str
    image_id: UUID | None = None  # None of old: it was in the stream's name alone


@value
class RoomTypeSet:
    """All versions show it. The first one's prompt changes with it while that one is pending."""

    room_type: str
    prompt: str
    later_ids: tuple[UUID, ...] = ()  # of the versions after the first


@value
class ImageQueued:
    """The style and its prompt are new where the project's style was changed before the start."""

    run: int
    style_template_id: str | None = None
    prompt: str | None = None


@value
class ImagePostponed:
    """It is as if it had not been queued."""


@value
class VersionRequested:
    """A later version is made. `prompt` is None where the words are the customer's own."""

    version_id: UUID
    number: int
    workspace_id: UUID
    project_id: UUID
    user_id: UUID  # who wants it
    original: Original
    source_id: UUID  # an edit changes its result; a regeneration follows its choices
    kind: Kind
    mode: Mode | None
    style_template_id: str
    room_type: str | None
    prompt: str | None
    own_prompt: bool
    mask_key: str | None


@value
class ImageRetried:
    version_id: UUID
    run: int | None  # of the project, where it is the first version


@value
class ImageEnhanced:
    result: Result
    version_id: UUID | None = None  # None of old: the first one
    cost_micro_usd: int = 0  # of these attempts
    attempts: int = 1  # since it was queued or retried
    stands: bool = False  # it stands for the photograph from now on, in place of the next
    replaces: UUID | None = None  # None is the first one, as in what follows


@value
class ImageFailed:
    reason: str
    version_id: UUID | None = None
    cost_micro_usd: int = 0
    attempts: int = 1


@value
class ImageCancelled:
    version_id: UUID


@value
class LateResultNoted:
    """What came when nobody waited for it any more changes nothing, but it was paid for."""

    version_id: UUID
    cost_micro_usd: int


@value
class VersionSelected:
    version_id: UUID
    replaces: UUID | None  # the version that stood for the photograph


@value
class AlterationSet:
    version_id: UUID
    alteration: Alteration


@value
class MaskAdded:
    mask_id: UUID
    key: str
    width: int
    height: int
    is_empty: bool = False


@value
class OriginalPublished:
    token_sha256: str


@value
class OriginalRevoked:
    token_sha256: str | None = None  # of the publication that is over; None of old


@value
class ImageRemoved:
    version_ids: tuple[UUID, ...]


Event = (
    ImageAdded
    | RoomTypeSet
    | ImageQueued
    | ImagePostponed
    | VersionRequested
    | ImageRetried
    | ImageEnhanced
    | ImageFailed
    | ImageCancelled
    | LateResultNoted
    | VersionSelected
    | AlterationSet
    | MaskAdded
    | OriginalPublished
    | OriginalRevoked
    | ImageRemoved
)
