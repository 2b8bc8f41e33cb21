"""A line item: one delivered target, on one document at a time. Amounts are øre."""

from dataclasses import replace
from typing import NoReturn
from uuid import UUID

from billing.domain import vat
from billing.domain.amounts import Amounts, amounts, included
from billing.domain.item import Item, less, made
from billing.domain.line_item_messages import (
    Cancel,
    CreateLineItem,
    Forget,
    LineItemCancelled,
    LineItemCreated,
    LineItemCredited,
    LineItemInvoiced,
    LineItemReleased,
    LineItemTargetForgotten,
    NoteCredit,
    PutOnInvoice,
    Release,
)
from chassis.domain import Decider, value
from chassis.errors import Rejected


@value
class Pending:
    workspace_id: UUID
    item: Item


@value
class Invoiced:
    workspace_id: UUID
    item: Item
    invoice_id: UUID


@value
class Cancelled:
    workspace_id: UUID
    item: Item


LineItem = Pending | Invoiced | Cancelled
Command = CreateLineItem | PutOnInvoice | Release | Cancel | NoteCredit | Forget
Event = (
    LineItemCreated
    | LineItemInvoiced
    | LineItemReleased
    | LineItemCancelled
    | LineItemCredited
    | LineItemTargetForgotten
)
ALLOWED = {Pending: ["PutOnInvoice", "Cancel"], Invoiced: ["NoteCredit"], Cancelled: []}


def is_live(line_item: LineItem) -> bool:
    """Return whether it is owed or was paid: neither cancelled nor credited as a whole."""
    return not isinstance(line_item, Cancelled) and line_item.item.left_ore > 0


def decide(line_item: LineItem | None, command: Command) -> list[Event]:
    match line_item, command:
        case None, CreateLineItem():
            return [_created(command)]
        case Pending() | Invoiced() | Cancelled(), CreateLineItem():  # a target is billed once
            return []
        case Pending(), PutOnInvoice():
            return [LineItemInvoiced(invoice_id=command.invoice_id, position=command.position)]
        case Invoiced(), PutOnInvoice() if command.invoice_id == line_item.invoice_id:
            return []
        case Pending(), Release():
            return []
        case Invoiced(), Release() if command.invoice_id == line_item.invoice_id:
            return [LineItemReleased(invoice_id=command.invoice_id)]
        case Pending(), Cancel():
            return [LineItemCancelled()]
        case Cancelled(), Cancel():
            return []
        case Invoiced() | Cancelled(), PutOnInvoice() | Cancel():
            raise Rejected("billing.line_item_not_pending", "it is on an invoice, or cancelled")
        case Invoiced(), NoteCredit() if command.credit_note_id in line_item.item.credit_note_ids:
            return []
        case Invoiced(), NoteCredit() if command.net_ore < 1:
            raise Rejected("billing.amount_not_positive", "a credit is at least one øre")
        case Invoiced(), NoteCredit() if command.net_ore > line_item.item.left_ore:
            details = {"left_ore": line_item.item.left_ore}
            raise Rejected("billing.credit_too_large", "more than is left", details=details)
        case Invoiced(), NoteCredit():
            return [_credited(line_item.item, command)]
        case Pending() | Invoiced() | Cancelled(), Forget() if line_item.item.forgotten:
            return []
        case Pending() | Invoiced() | Cancelled(), Forget():
            return [LineItemTargetForgotten()]
        case _:
            _refuse(line_item, command)


def _created(command: CreateLineItem) -> LineItemCreated:
    rate_bp = vat.rate_bp(command.delivered_on) if command.vat_type == vat.HIGH else 0
    line = _amounts(command, rate_bp)
    return LineItemCreated(
        workspace_id=command.workspace_id,
        payment_id=command.payment_id,
        k=command.k,
        target=command.target,
        title=command.title,
        price=command.price,
        quantity=1,
        net_ore=line.net_ore,
        vat_ore=line.vat_ore,
        gross_ore=line.gross_ore,
        vat_rate_bp=rate_bp,
        vat_type=command.vat_type,
        delivered_on=command.delivered_on,
        rail=command.rail,
        organization_number=command.organization_number,
    )


def _amounts(command: CreateLineItem, rate_bp: int) -> Amounts:
    """Return its price and VAT; what was paid for it stands, should the rate be another by now."""
    line = amounts(command.price.price_ore, 1, rate_bp)
    if command.paid_ore in (None, line.gross_ore):
        return line
    return included(command.paid_ore, rate_bp)


def _credited(item: Item, command: NoteCredit) -> LineItemCredited:
    credit = item.credit(command.net_ore)
    return LineItemCredited(
        credit_note_id=command.credit_note_id, net_ore=credit.net_ore, vat_ore=credit.vat_ore
    )


def _refuse(line_item: LineItem | None, command: Command) -> NoReturn:
    details = {
        "from": type(line_item).__name__,
        "command": type(command).__name__,
        "allowed": ALLOWED[type(line_item)] if line_item else [],
    }
    raise Rejected("billing.invalid_transition", "not in this state", details=details)


def evolve(line_item: LineItem | None, event: Event) -> LineItem:
    match line_item, event:
        case None, LineItemCreated():
            return Pending(workspace_id=event.workspace_id, item=made(event))
        case Pending(workspace_id=workspace_id, item=item), LineItemInvoiced(invoice_id=invoice_id):
            return Invoiced(workspace_id=workspace_id, item=item, invoice_id=invoice_id)
        case Invoiced(workspace_id=workspace_id, item=item), LineItemReleased():
            return Pending(workspace_id=workspace_id, item=item)
        case Pending(workspace_id=workspace_id, item=item), LineItemCancelled():
            return Cancelled(workspace_id=workspace_id, item=item)
        case Invoiced(item=item), LineItemCredited():
            return replace(line_item, item=less(item, event))
        case Pending() | Invoiced() | Cancelled(), LineItemTargetForgotten():
            return replace(line_item, item=replace(line_item.item, forgotten=True))
        case _:
            raise AssertionError(f"{event} cannot follow {line_item}")


decider = Decider(
    name="line_item",
    decide=decide,
    evolve=evolve,
    events=(
        LineItemCreated,
        LineItemInvoiced,
        LineItemReleased,
        LineItemCancelled,
        LineItemCredited,
        LineItemTargetForgotten,
    ),
    creates=(CreateLineItem,),
)
