"""What a workspace is told to do. `by`: whose role counts; None is a system admin, above all."""

from datetime import datetime
from uuid import UUID

from chassis.domain import UNTIMED, value


@value
class OpenWorkspace:
    """Somebody who signs up has one of their own."""

    workspace_id: UUID
    owner_user_id: UUID
    at: datetime = UNTIMED


@value
class OpenForInvitee:
    """A system admin makes one for somebody who is invited to own it."""

    workspace_id: UUID
    plan: str
    organization_number: str | None
    has_legal_name: bool
    invoice_eligible: bool
    at: datetime = UNTIMED


@value
class ChangeProfile:
    """Set the number; which texts changed is told by name, the texts are kept elsewhere."""

    organization_number: str | None
    has_legal_name: bool
    changed: tuple[str, ...]
    at: datetime = UNTIMED


@value
class SetInvoiceEligibility:
    """Why is kept beside: free words may say things about people that no event holds."""

    eligible: bool
    at: datetime = UNTIMED


@value
class OfferRole:
    """Somebody is about to be invited; it only says whether they may be."""

    role: str
    by: UUID | None


@value
class Join:
    """A person takes the role that they were offered `by` whoever invited them."""

    user_id: UUID
    role: str
    by: UUID | None


@value
class ChangeRole:
    """An owner says what a member is from now on."""

    user_id: UUID
    role: str


@value
class Remove:
    """A member leaves, or is removed `by` another."""

    user_id: UUID
    by: UUID | None


@value
class Transfer:
    """A member becomes owner in the place of another; of all the others, `by` a system admin."""

    user_id: UUID
    by: UUID | None


@value
class SetStatus:
    status: str  # active | suspended | trial
    another_reason: bool  # than what is kept


@value
class SetPlan:
    plan: str  # free | pro | enterprise


@value
class CompleteOnboarding:
    pass


@value
class SetBranding:
    """All of how it looks; a logo counts once it was taken, and until then the one before."""

    primary_color: str | None  # #RRGGBB
    secondary_color: str | None
    logo_key: str | None  # of the logo it has, or of another that was announced; None: no logo


@value
class NoteLogo:
    """The logo that was announced has come, and lies under that key."""

    logo_key: str


@value
class NoteUsed:
    """Somebody has begun to work in it."""


@value
class Close:
    """It is over, for good."""

    at: datetime = UNTIMED


@value
class NoteErased:
    """Its texts went with its last member's."""


Command = (
    OpenWorkspace
    | OpenForInvitee
    | ChangeProfile
    | SetInvoiceEligibility
    | OfferRole
    | Join
    | ChangeRole
    | Remove
    | Transfer
    | SetStatus
    | SetPlan
    | CompleteOnboarding
    | SetBranding
    | NoteLogo
    | NoteUsed
    | Close
    | NoteErased
)
