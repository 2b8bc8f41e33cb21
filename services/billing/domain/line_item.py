"""A line item: one delivered target, to be put on one invoice. Amounts are øre."""

from dataclasses import fields
from datetime import date
from uuid import UUID

from billing.domain.pricing import VAT_TYPE, amounts
from chassis.domain import Decider, value
from chassis.errors import Rejected

DESCRIPTIONS = {"image_project": "Bildeprosjekt", "video_project": "Film"}


@value
class CreateLineItem:
    workspace_id: UUID
    payment_id: UUID
    target_kind: str
    target_id: UUID
    title: str
    unit_price_ore: int
    price_version: int
    vat_rate_bp: int
    delivered_on: date


@value
class PutOnInvoice:
    invoice_id: UUID


@value
class LineItemCreated:
    workspace_id: UUID
    payment_id: UUID
    target_kind: str
    target_id: UUID
    title: str  # customer text
    unit_price_ore: int
    quantity: int
    net_ore: int
    vat_ore: int
    gross_ore: int
    vat_rate_bp: int
    vat_type: str
    price_version: int
    delivered_on: date


@value
class LineItemInvoiced:
    invoice_id: UUID


@value
class Item:
    workspace_id: UUID
    payment_id: UUID
    net_ore: int
    vat_ore: int
    gross_ore: int


@value
class Pending(Item):
    pass


@value
class Invoiced(Item):
    invoice_id: UUID


LineItem = Pending | Invoiced
Command = CreateLineItem | PutOnInvoice
Event = LineItemCreated | LineItemInvoiced


def description(target_kind: str, title: str) -> str:
    """Return what a sales document calls the work on a target."""
    return f"{DESCRIPTIONS[target_kind]}: {title}"


def decide(line_item: LineItem | None, command: Command) -> list[Event]:
    match line_item, command:
        case None, CreateLineItem():
            return [_created(command)]
        case Pending() | Invoiced(), CreateLineItem():  # a target is billed once
            return []
        case Pending(), PutOnInvoice():
            return [LineItemInvoiced(invoice_id=command.invoice_id)]
        case Invoiced(), PutOnInvoice() if command.invoice_id == line_item.invoice_id:
            return []
        case Invoiced(), PutOnInvoice():
            raise Rejected("billing.line_item_not_pending", "this line is on an invoice already")
        case _:
            raise AssertionError(f"{command} needs a line item")


def _created(command: CreateLineItem) -> LineItemCreated:
    line = amounts(command.unit_price_ore, 1, command.vat_rate_bp)
    return LineItemCreated(
        workspace_id=command.workspace_id,
        payment_id=command.payment_id,
        target_kind=command.target_kind,
        target_id=command.target_id,
        title=command.title,
        unit_price_ore=command.unit_price_ore,
        quantity=1,
        net_ore=line.net_ore,
        vat_ore=line.vat_ore,
        gross_ore=line.gross_ore,
        vat_rate_bp=command.vat_rate_bp,
        vat_type=VAT_TYPE,
        price_version=command.price_version,
        delivered_on=command.delivered_on,
    )


def evolve(line_item: LineItem | None, event: Event) -> LineItem:
    match line_item, event:
        case None, LineItemCreated():
            return Pending(**{each.name: getattr(event, each.name) for each in fields(Item)})
        case Pending(), LineItemInvoiced():
            kept = {each.name: getattr(line_item, each.name) for each in fields(Item)}
            return Invoiced(**kept, invoice_id=event.invoice_id)
        case _:
            raise AssertionError(f"{event} cannot follow {line_item}")


decider = Decider(
    name="line_item",
    decide=decide,
    evolve=evolve,
    events=(LineItemCreated, LineItemInvoiced),
    creates=(CreateLineItem,),
)
