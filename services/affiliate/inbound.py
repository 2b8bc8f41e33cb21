"""What affiliate does about the events of others."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from affiliate.attributing import settle
from affiliate.correcting import correct
from affiliate.domain import customer, paid_invoice
from affiliate.domain.customer_messages import (
    HearInvoice,
    HearMember,
    HearOrganizationNumber,
    HearStatus,
    NoteWorkspace,
)
from affiliate.domain.earning_messages import Adjust
from affiliate.forgetting import forget_person
from chassis.domain import Decider
from chassis.hearing import forgetting
from chassis.hearing.reacting import Reaction
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Heard
from contracts.auth import events as auth
from contracts.billing import events as billing

Streams = Sequence[tuple[Decider[Any, Any, Any], UUID]]


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


def note_paid(unit: Unit, heard: Heard, hold_days: int = 0) -> None:
    """Earn on it, if somebody referred the workspace when it was paid for the first time."""
    settle(unit, heard.event, hold_days)
    correct(unit, heard.event.invoice_id, partial(Adjust, cause="settled_again"))


def note_credited(unit: Unit, heard: Heard) -> None:
    """An invoice earns less: what is left of it, if it is paid or will be."""
    event: billing.InvoiceCredited = heard.event
    if event.kind != "invoice":  # nobody earns on card sales
        return
    command = paid_invoice.NoteCredited(
        workspace_id=event.workspace_id, credited_net_ore=event.credited_net_ore
    )
    unit.decide(paid_invoice.decider, event.invoice_id, command)
    correct(unit, event.invoice_id, partial(Adjust, cause="credited"))


def note_reversed(unit: Unit, heard: Heard) -> None:
    """An invoice that is not paid any more earns nothing, until it is paid again."""
    event: billing.InvoicePaymentReversed = heard.event
    command = paid_invoice.NoteReversed(was_paid=event.was_paid)
    unit.decide(paid_invoice.decider, event.invoice_id, command)
    correct(unit, event.invoice_id, partial(Adjust, cause="reversed"))


def _customer(heard: Heard) -> Streams:
    return [(customer.decider, heard.event.workspace_id)]


def _invoice(heard: Heard) -> Streams:
    return [(paid_invoice.decider, heard.event.invoice_id)]


def _document(heard: Heard) -> Streams:
    return _invoice(heard) if heard.event.kind == "invoice" else []


def _payment(heard: Heard) -> Streams:
    return [*_customer(heard), *_invoice(heard)]


def _erasure(heard: Heard) -> Streams:
    return [(forgetting.decider, heard.event.erasure_id)]


reactions = (
    Reaction(source="auth", hears=auth.SubjectErased, react=forget_person, streams=_erasure),
    Reaction(source="auth", hears=auth.WorkspaceCreated, react=note_workspace, streams=_customer),
    Reaction(
        source="auth", hears=auth.WorkspaceProfileChanged, react=note_number, streams=_customer
    ),
    Reaction(source="auth", hears=auth.WorkspaceSuspended, react=hear_status, streams=_customer),
    Reaction(source="auth", hears=auth.WorkspaceReinstated, react=hear_status, streams=_customer),
    Reaction(source="auth", hears=auth.WorkspaceClosed, react=hear_status, streams=_customer),
    Reaction(source="auth", hears=auth.MemberJoined, react=note_member, streams=_customer),
    Reaction(source="auth", hears=auth.MemberRoleChanged, react=note_member, streams=_customer),
    Reaction(source="auth", hears=auth.MemberRemoved, react=note_member, streams=_customer),
    Reaction(source="billing", hears=billing.InvoiceIssued, react=note_invoice, streams=_customer),
    Reaction(source="billing", hears=billing.InvoicePaid, react=note_paid, streams=_payment),
    Reaction(
        source="billing", hears=billing.InvoiceCredited, react=note_credited, streams=_document
    ),
    Reaction(
        source="billing",
        hears=billing.InvoicePaymentReversed,
        react=note_reversed,
        streams=_invoice,
    ),
)


def with_hold_days(days: int) -> tuple[Reaction, ...]:
    """Return the reactions, what is earned being held for so many days after its payment."""
    return tuple(
        replace(each, react=partial(note_paid, hold_days=days)) if each.react is note_paid else each
        for each in reactions
    )
