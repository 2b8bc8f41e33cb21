"""What was paid of what a credit note takes back: the workspace's credit, or on its way back."""

from dataclasses import replace
from uuid import UUID

from billing.domain import (
    line_item,
    payment,
    payment_messages,
    refund,
    refund_messages,
    wallet,
    wallet_messages,
)
from billing.domain.invoice_states import Numbered
from billing.domain.payment_states import Delivered
from chassis import ids
from chassis.unit.deciding import Unit


def sold_by_card(unit: Unit, stands: Numbered) -> tuple[UUID, Delivered] | None:
    """Return the payment of a card sales document.

    Raises `Rejected("billing.disputed")` while a dispute of it is open.
    """
    if stands.sheet.kind != "receipt":
        return None
    line: line_item.LineItem = unit.state(line_item.decider, stands.sheet.line_item_ids[0])
    id = line.item.payment_id
    question = payment_messages.Refund(refund_id=id, whole=False)
    sold: Delivered = unit.may(payment.decider, id, question).state
    return id, sold


def give_back(
    unit: Unit,
    stands: Numbered,
    note_id: UUID,
    excess_ore: int,
    wanted: bool,
    sold: tuple[UUID, Delivered] | None,
) -> UUID | None:
    """Let what was paid be the workspace's credit, or promise it back; return the refund's id."""
    if excess_ore == 0:
        return None
    if not wanted:
        grant = wallet_messages.Grant(
            workspace_id=stands.workspace_id,
            amount_ore=excess_ore,
            origin="credit_note",
            reference=str(note_id),
        )
        unit.decide(wallet.decider, stands.workspace_id, grant)
        return None
    refund_id = ids.derive(unit.call.id, "refund")
    request = refund_messages.RequestRefund(
        workspace_id=stands.workspace_id,
        rail="bank",
        of="receivable",
        amount_ore=excess_ore,
        reason="by_hand",
        credit_note_id=note_id,
    )
    if sold is not None:
        request = _by_card(request, *sold)
    unit.decide(refund.decider, refund_id, request)
    return refund_id


def _by_card(
    request: refund_messages.RequestRefund, payment_id: UUID, sold: Delivered
) -> refund_messages.RequestRefund:
    return replace(
        request,
        rail="card",
        payment_id=payment_id,
        payment_intent_id=sold.capture.payment_intent_id,
        target=sold.order.target,
        whole=request.amount_ore == sold.capture.amount_ore,
    )
