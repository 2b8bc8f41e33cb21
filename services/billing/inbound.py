"""What billing does about what others tell: targets are cleared, deliveries become line items."""

from typing import Any
from uuid import UUID

from billing.domain import customer, line_item, oslo, payment, payment_messages, pricing
from billing.names import line_item_id, payment_id
from chassis.domain import Decider
from chassis.hearing.reacting import Reaction
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Heard
from contracts.auth import events as auth
from contracts.media import events as media
from contracts.video import events as video

# a source speaks of its own kind of target, whatever its events say
KINDS = {"media": "image_project", "video": "video_project"}

Wanted = list[tuple[Decider[Any, Any, Any], UUID]]


def note_workspace(unit: Unit, heard: Heard) -> None:
    """A workspace was made."""
    id = heard.event.workspace_id
    unit.decide(customer.decider, id, customer.NoteWorkspace(workspace_id=id))


def hear_status(unit: Unit, heard: Heard) -> None:
    """Know what the workspace is from now on: active, on trial, suspended or closed."""
    command = customer.HearStatus(status=heard.event.status)
    unit.decide(customer.decider, heard.event.workspace_id, command)


def hear_profile(unit: Unit, heard: Heard) -> None:
    """A workspace's details changed: if it can pay now, what waits for that is decided anew."""
    profile = heard.event
    known: customer.Customer | None = unit.state(customer.decider, profile.workspace_id)
    waiting = known.waiting if known else ()
    command = customer.HearProfile(
        workspace_id=profile.workspace_id,
        organization_number=profile.organization_number,
        invoice_eligible=profile.invoice_eligible,
    )
    now: customer.Customer = unit.decide(customer.decider, profile.workspace_id, command).state
    released = [id for id in waiting if id not in now.waiting]
    unit.preload((payment.decider, id) for id in released)
    for id in released:
        _reconsider(unit, id)


def _reconsider(unit: Unit, id: UUID) -> None:
    price = pricing.current(unit.state(payment.decider, id).target_kind)
    command = payment_messages.Reconsider(
        price_ore=price.price_ore,
        price_version=price.price_version,
        vat_rate_bp=price.vat_rate_bp,
    )
    _bill_noted(unit, id, unit.decide(payment.decider, id, command).state)


def clear(unit: Unit, heard: Heard) -> None:
    """Somebody wants work done: it is cleared, or waits until its workspace can pay."""
    asked, kind = heard.event, KINDS[heard.source]
    price, id = pricing.current(kind), payment_id(kind, asked.project_id)
    refusal = customer.refusal(unit.state(customer.decider, asked.workspace_id))
    command = payment_messages.RequestClearance(
        workspace_id=asked.workspace_id,
        target_kind=kind,
        target_id=asked.project_id,
        run=asked.run,
        max_price_ore=asked.max_price_ore,
        price_ore=price.price_ore,
        price_version=price.price_version,
        vat_rate_bp=price.vat_rate_bp,
        refusal=refusal if refusal in (None, "workspace_unknown") else "no_method",
    )
    stands: payment.Payment = unit.decide(payment.decider, id, command).state
    _bill_noted(unit, id, stands)
    if isinstance(stands, payment.Required) and stands.reason != payment.TOO_DEAR:
        awaited = customer.AwaitEligibility(workspace_id=asked.workspace_id, payment_id=id)
        unit.decide(customer.decider, asked.workspace_id, awaited)


def bill(unit: Unit, heard: Heard) -> None:
    """Work was delivered: it is billed now, or as soon as it is cleared."""
    done, kind = heard.event, KINDS[heard.source]
    id = payment_id(kind, done.project_id)
    command = payment_messages.Deliver(
        workspace_id=done.workspace_id,
        target_kind=kind,
        target_id=done.project_id,
        title=done.title,
        completed_at=done.completed_at,
    )
    stands: payment.Payment = unit.decide(payment.decider, id, command).state
    if isinstance(stands, payment.Cleared):
        delivery = payment.Delivery(title=done.title, completed_at=done.completed_at)
        _bill(unit, id, stands, delivery)


def _bill_noted(unit: Unit, id: UUID, stands: payment.Payment) -> None:
    """Bill what had been delivered before it was cleared."""
    if isinstance(stands, payment.Cleared) and stands.delivery:
        _bill(unit, id, stands, stands.delivery)


def _bill(unit: Unit, id: UUID, cleared: payment.Cleared, delivery: payment.Delivery) -> None:
    """Make one line, however often work is delivered, if it is paid by invoice."""
    if cleared.method != "invoice":
        return
    command = line_item.CreateLineItem(
        workspace_id=cleared.workspace_id,
        payment_id=id,
        target_kind=cleared.target_kind,
        target_id=cleared.target_id,
        title=delivery.title,
        unit_price_ore=cleared.price_ore,
        price_version=cleared.price_version,
        vat_rate_bp=cleared.vat_rate_bp,
        delivered_on=oslo.day(delivery.completed_at),
    )
    unit.decide(line_item.decider, line_item_id(id), command)


def _its_customer(heard: Heard) -> Wanted:
    return [(customer.decider, heard.event.workspace_id)]


def _its_payment(heard: Heard) -> Wanted:
    id = payment_id(KINDS[heard.source], heard.event.project_id)
    return [(customer.decider, heard.event.workspace_id), (payment.decider, id)]


def _its_line(heard: Heard) -> Wanted:
    id = payment_id(KINDS[heard.source], heard.event.project_id)
    return [(payment.decider, id), (line_item.decider, line_item_id(id))]


reactions = (
    Reaction(
        source="auth",
        hears=auth.WorkspaceCreated,
        react=note_workspace,
        streams=_its_customer,
    ),
    Reaction(
        source="auth",
        hears=auth.WorkspaceProfileChanged,
        react=hear_profile,
        streams=_its_customer,
    ),
    Reaction(
        source="auth",
        hears=auth.WorkspaceSuspended,
        react=hear_status,
        streams=_its_customer,
    ),
    Reaction(
        source="auth",
        hears=auth.WorkspaceReinstated,
        react=hear_status,
        streams=_its_customer,
    ),
    Reaction(
        source="auth",
        hears=auth.WorkspaceClosed,
        react=hear_status,
        streams=_its_customer,
    ),
    Reaction(source="media", hears=media.ProjectStartRequested, react=clear, streams=_its_payment),
    Reaction(source="media", hears=media.ProjectCompleted, react=bill, streams=_its_line),
    Reaction(source="video", hears=video.ProjectStartRequested, react=clear, streams=_its_payment),
    Reaction(source="video", hears=video.ProjectCompleted, react=bill, streams=_its_line),
)
