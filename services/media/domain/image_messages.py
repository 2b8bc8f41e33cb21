"""What a photograph is told to do. Costs are micro-dollars.

A version is named by its id; the first one's is the photograph's own.
"""

from uuid import UUID

from chassis.domain import value
from media.domain.image_events import Alteration, Mode, Original, Result


@value
class AddImage:
    image_id: UUID
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
    """Its project's run begins it, in the style that the project has by then."""

    image_id: UUID
    run: int
    style_template_id: str


@value
class Postpone:
    """Its first version's work was taken back before it began."""


@value
class Edit:
    """Change what a mask marks of a version that came out.

    The customer's own words, if there are any, lie with the personal texts.
    """

    version_id: UUID
    user_id: UUID  # who wants it
    source_id: UUID
    mode: Mode
    mask_id: UUID | None
    own_prompt: bool
    most: int  # versions of a photograph


@value
class Regenerate:
    """Make the original anew, in other ways than `source_id` was made if any are given."""

    version_id: UUID
    user_id: UUID  # who wants it
    source_id: UUID
    style_template_id: str | None
    room_type: str | None
    most: int  # versions of a photograph


@value
class Retry:
    """Try a version again that failed; the first one in a run of its project."""

    version_id: UUID
    run: int | None
    most: int  # retries of a version


@value
class Complete:
    version_id: UUID
    result: Result
    cost_micro_usd: int = 0
    attempts: int = 1


@value
class Fail:
    version_id: UUID
    reason: str  # a key of media.domain.failures
    cost_micro_usd: int = 0
    attempts: int = 1


@value
class NoteLate:
    """What came for a version that waits for it no more: it has cost that, and changes nothing."""

    version_id: UUID
    cost_micro_usd: int


@value
class Cancel:
    version_id: UUID


@value
class Select:
    """Let a version stand for the photograph."""

    version_id: UUID


@value
class SetAlteration:
    """Correct what is said of a version; the reason lies with the personal texts."""

    version_id: UUID
    alteration: Alteration


@value
class AddMask:
    """A picture that marks an area of the photograph: white is to change, black is to stay."""

    mask_id: UUID
    key: str
    width: int  # pixels
    height: int
    is_empty: bool  # nothing of it is white


@value
class PublishOriginal:
    """Show the original to everybody who has its address, of whose token only a hash is kept."""

    token_sha256: str


@value
class RevokeOriginal:
    pass


@value
class Remove:
    """Delete the photograph with all its versions."""


Command = (
    AddImage
    | SetRoomType
    | Queue
    | Postpone
    | Edit
    | Regenerate
    | Retry
    | Complete
    | Fail
    | NoteLate
    | Cancel
    | Select
    | SetAlteration
    | AddMask
    | PublishOriginal
    | RevokeOriginal
    | Remove
)
