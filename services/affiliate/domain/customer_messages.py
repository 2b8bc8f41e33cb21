"""What a customer is told to do, and what happens to it."""

from datetime import datetime
from typing import Any, ClassVar
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
    """An invoice was issued to the workspace."""

    workspace_id: UUID
    issued_at: datetime
    invoice_number: int


@value
class SetPayoutDetails:
    """The texts are kept elsewhere; `changed` names those that are new."""

    organization_number: str | None
    vat_registered: bool
    changed: tuple[str, ...]


@value
class NamePayout:
    """The bank has sent a payout, under that reference and on that invoice of the affiliate's."""

    payout_id: UUID
    reference: str
    supplier_invoice_number: str | None


@value
class Refer:
    """Bind this workspace to an affiliate; `above` are those the affiliate is itself below."""

    relationship_id: UUID
    affiliate_workspace_id: UUID
    affiliate_is_known: bool
    is_itself: bool  # see `customer.is_itself`
    above: tuple[UUID, ...]
    exception: bool  # an admin gave a reason for one that comes too late
    at: datetime = UNTIMED


@value
class EndReferral:
    """Nobody refers it any more, if it was this relationship that did."""

    relationship_id: UUID
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
    """Version 1 held no `invoice_number`."""

    SCHEMA: ClassVar[int] = 2
    workspace_id: UUID
    issued_at: datetime
    invoice_number: int | None


def without_number(data: dict[str, Any]) -> dict[str, Any]:
    """Return a `FirstInvoiceHeard` of version 1 as version 2 is."""
    return {**data, "invoice_number": None}


@value
class InvoiceHeard:
    """Changes nothing here. A restored billing is told by it which numbers were given."""

    invoice_number: int


@value
class PayoutDetailsSet:
    organization_number: str | None
    vat_registered: bool
    changed: tuple[str, ...]


@value
class PayoutNamed:
    """By these no other payout of this affiliate is confirmed."""

    payout_id: UUID
    reference: str
    supplier_invoice_number: str | None


@value
class Referred:
    relationship_id: UUID
    affiliate_workspace_id: UUID
    at: datetime


@value
class ReferralEnded:
    relationship_id: UUID
    at: datetime


@value
class RestedUpon:
    relationship_id: UUID


Heard = NoteWorkspace | HearOrganizationNumber | HearStatus | HearMember | HearInvoice
Command = Heard | SetPayoutDetails | NamePayout | Refer | EndReferral | RestUpon
Event = (
    WorkspaceHeard
    | OrganizationNumberHeard
    | StatusHeard
    | MemberHeard
    | FirstInvoiceHeard
    | InvoiceHeard
    | PayoutDetailsSet
    | PayoutNamed
    | Referred
    | ReferralEnded
    | RestedUpon
)
