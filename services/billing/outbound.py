"""What others hear of billing: amounts, numbers and ids; neither names nor addresses."""

from typing import Any
from uuid import UUID

from billing import outbound_cards as cards
from billing import outbound_documents as documents
from billing.domain import oslo, vat
from billing.domain.line_item import LineItem
from billing.domain.line_item_messages import LineItemCancelled, LineItemCreated
from billing.domain.payment_events import (
    ClearanceRefused,
    ClearanceRepeated,
    TargetCleared,
)
from billing.domain.payment_states import Sold
from chassis.hearing.forgetting import SubjectForgotten
from chassis.unit.store import Recorded
from contracts.auth.erasure import KeptOf
from contracts.billing import events as told
from contracts.forgetting import SubjectForgotten as Forgotten


def outbound(recorded: Recorded, state: Any) -> Any:
    """Return the integration event that an event is told as, or None."""
    match recorded.event:
        case TargetCleared() | ClearanceRepeated():
            return _cleared(recorded, state)
        case ClearanceRefused() as refused:
            return told.PaymentRequired(
                target_kind=refused.target.kind,
                target_id=refused.target.id,
                run=refused.run,
                workspace_id=refused.workspace_id,
                price_ore=refused.price.price_ore,
                reason=refused.reason,
            )
        case LineItemCreated() as line:
            return told.LineItemCreated(
                line_item_id=recorded.subject,
                workspace_id=line.workspace_id,
                target_kind=line.target.kind,
                target_id=line.target.id,
                net_ore=line.net_ore,
                vat_ore=line.vat_ore,
                gross_ore=line.gross_ore,
                rail=line.rail,
            )
        case LineItemCancelled():
            return _cancelled(recorded.subject, state)
        case SubjectForgotten(user_id=user_id, kept=kept):
            stays = tuple(KeptOf(what=each.what, until=each.until) for each in kept)
            return Forgotten(erasure_id=recorded.subject, user_id=user_id, kept=stays)
        case _:
            return cards.told_of(recorded, state) or documents.told_of(recorded, state)


def _cleared(recorded: Recorded, payment: Sold) -> told.PaymentCleared:
    order, sale = payment.order, payment.sale
    return told.PaymentCleared(
        target_kind=order.target.kind,
        target_id=order.target.id,
        run=order.run,
        workspace_id=payment.workspace_id,
        method=sale.method,
        price_ore=sale.price.price_ore,
        price_version=sale.price.price_version,
        vat_rate_bp=vat.rate_bp(oslo.day(recorded.recorded_at)),
    )


def _cancelled(line_item_id: UUID, line: LineItem) -> told.LineItemCancelled:
    target = line.item.target
    return told.LineItemCancelled(
        line_item_id=line_item_id,
        workspace_id=line.workspace_id,
        target_kind=target.kind,
        target_id=target.id,
    )
