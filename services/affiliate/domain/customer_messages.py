"""What a customer is told to do, and what happens to it."""

from datetime import datetime
from uuid import UUID

from chassis.domain import UNTIMED, value


@value
class NoteWorkspace:
    workspace_id: UUID
    owner_user_id: UUID | None
    created_at: datetime


@value
class HearOrganizationNumber:
    workspace_id: UUID
    organization_number: str | None


@value
class HearStatus:
    status: str


@value
class HearMember:
    """A person is that in the workspace from now on; only owners matter."""

    user_id: UUID
    role: str | None  # owner | admin | member; None: nothing any more


@value
class HearInvoice:
    """An invoice was issued to the workspace; only the first one matters."""

    workspace_id: UUID
    issued_at: datetime


@value
class SetPayoutDetails:
    """The texts are kept elsewhere; `changed` names those that are new."""

    organization_number: str | None
    vat_registered: bool
    changed: tuple[str, ...]


@value
class Refer:
    """Bind this workspace to an affiliate; `above` are those the affiliate is itself below."""

    relationship_id: UUID
    affiliate_workspace_id: UUID
    affiliate_is_known: bool
    affiliate_owners: frozenset[UUID]
    affiliate_numbers: frozenset[str]
    above: tuple[UUID, ...]
    exception: bool  # an admin gave a reason for one that comes too late
    at: datetime = UNTIMED


@value
class RestUpon:
    """A new relationship relies on nobody referring this workspace, the top of its chain."""

    relationship_id: UUID


@value
class WorkspaceHeard:
    workspace_id: UUID
    owner_user_id: UUID | None
    created_at: datetime


@value
class OrganizationNumberHeard:
    workspace_id: UUID
    organization_number: str | None


@value
class StatusHeard:
    status: str


@value
class MemberHeard:
    """Somebody has become an owner, or is none any more."""

    user_id: UUID
    role: str | None


@value
class FirstInvoiceHeard:
    workspace_id: UUID
    issued_at: datetime


@value
class PayoutDetailsSet:
    organization_number: str | None
    vat_registered: bool
    changed: tuple[str, ...]


@value
class Referred:
    relationship_id: UUID
    affiliate_workspace_id: UUID


@value
class RestedUpon:
    relationship_id: UUID


Heard = NoteWorkspace | HearOrganizationNumber | HearStatus | HearMember | HearInvoice
Command = Heard | SetPayoutDetails | Refer | RestUpon
Event = (
    WorkspaceHeard
    | OrganizationNumberHeard
    | StatusHeard
    | MemberHeard
    | FirstInvoiceHeard
    | PayoutDetailsSet
    | Referred
    | RestedUpon
)
