"""What affiliate does about the events of others."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from affiliate.domain import customer, earning, earning_messages, relationship
from affiliate.domain.customer_messages import (
    HearInvoice,
    HearMember,
    HearOrganizationNumber,
    HearStatus,
    NoteWorkspace,
)
from chassis import ids
from chassis.domain import Decider
from chassis.hearing.reacting import Reaction
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Heard
from contracts.auth import events as auth
from contracts.billing import events as billing


def note_workspace(unit: Unit, heard: Heard) -> None:
    """Know the workspace, its owner and since when it exists."""
    event: auth.WorkspaceCreated = heard.event
    known = NoteWorkspace(
        workspace_id=event.workspace_id, owner_user_id=event.owner_user_id, created_at=heard.time
    )
    unit.decide(customer.decider, event.workspace_id, known)


def note_number(unit: Unit, heard: Heard) -> None:
    """Know the organisation number."""
    event: auth.WorkspaceProfileChanged = heard.event
    known = HearOrganizationNumber(
        workspace_id=event.workspace_id, organization_number=event.organization_number
    )
    unit.decide(customer.decider, event.workspace_id, known)


def hear_status(unit: Unit, heard: Heard) -> None:
    """Know what the workspace is from now on: active, on trial, suspended or closed."""
    command = HearStatus(status=heard.event.status)
    unit.decide(customer.decider, heard.event.workspace_id, command)


def note_member(unit: Unit, heard: Heard) -> None:
    """Know who owns the workspace now."""
    command = HearMember(user_id=heard.event.user_id, role=heard.event.role)
    unit.decide(customer.decider, heard.event.workspace_id, command)


def note_invoice(unit: Unit, heard: Heard) -> None:
    """Note its number; after the first invoice nobody is bound as a matter of course."""
    event: billing.InvoiceIssued = heard.event
    known = HearInvoice(
        workspace_id=event.workspace_id,
        issued_at=heard.time,
        invoice_number=event.invoice_number,
    )
    unit.decide(customer.decider, event.workspace_id, known)


def earn(unit: Unit, heard: Heard) -> None:
    """Earn on it, if somebody refers the workspace."""
    event: billing.InvoicePaid = heard.event
    payer: customer.Customer | None = unit.state(customer.decider, event.workspace_id)
    if payer is None or payer.relationship_id is None:
        return
    terms: relationship.Relationship = unit.state(relationship.decider, payer.relationship_id)
    earned = earning_messages.Earn(
        relationship_id=payer.relationship_id,
        affiliate_workspace_id=terms.workspace_id,
        referred_workspace_id=event.workspace_id,
        relationship_started_at=terms.started_at,
        percent=terms.percent,
        invoice_id=event.invoice_id,
        invoice_series=event.series,
        invoice_number=event.invoice_number,
        currency=event.currency,
        invoice_net_ore=event.net_ore,
        credited_net_ore=event.credited_net_ore,
        base_ore=event.commission_base_ore,
        issue_date=event.issue_date,
        paid_at=event.paid_at,
        recorded_at=heard.time,
    )
    earning_id = ids.derive(payer.relationship_id, event.invoice_id)
    unit.decide(earning.decider, earning_id, earned)


def _customer(heard: Heard) -> Iterable[tuple[Decider[Any, Any, Any], UUID]]:
    return [(customer.decider, heard.event.workspace_id)]


reactions = (
    Reaction(
        source="auth",
        hears=auth.WorkspaceCreated,
        react=note_workspace,
        streams=_customer,
    ),
    Reaction(
        source="auth",
        hears=auth.WorkspaceProfileChanged,
        react=note_number,
        streams=_customer,
    ),
    Reaction(
        source="auth",
        hears=auth.WorkspaceSuspended,
        react=hear_status,
        streams=_customer,
    ),
    Reaction(
        source="auth",
        hears=auth.WorkspaceReinstated,
        react=hear_status,
        streams=_customer,
    ),
    Reaction(
        source="auth",
        hears=auth.WorkspaceClosed,
        react=hear_status,
        streams=_customer,
    ),
    Reaction(
        source="auth",
        hears=auth.MemberJoined,
        react=note_member,
        streams=_customer,
    ),
    Reaction(
        source="auth",
        hears=auth.MemberRoleChanged,
        react=note_member,
        streams=_customer,
    ),
    Reaction(
        source="auth",
        hears=auth.MemberRemoved,
        react=note_member,
        streams=_customer,
    ),
    Reaction(
        source="billing",
        hears=billing.InvoiceIssued,
        react=note_invoice,
        streams=_customer,
    ),
    Reaction(
        source="billing",
        hears=billing.InvoicePaid,
        react=earn,
        streams=_customer,
    ),
)
