"""`project_payment`: one row a target that was cleared, or that a card was to pay, of either kind.

Ids are their callers' choice, so a film may bear a project's id. The row is then the first one's;
the second has its payment, line and document all the same, and stops nobody.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Update, and_, case, func, literal, update
from sqlalchemy.dialects.postgresql import Insert, insert

from billing.domain.card import CARD, CURRENCY
from billing.domain.line_item_messages import LineItemCreated
from billing.domain.order import INVOICE
from billing.domain.payment_events import (
    AdvanceLost,
    AdvanceReturned,
    CardPaymentCaptured,
    CardPaymentFailed,
    ChargeStarted,
    CheckoutExpired,
    CheckoutOpened,
    ClearanceRepeated,
    TargetCleared,
    TargetDisputed,
    TargetForgotten,
    TargetSettled,
    TargetUndisputed,
    TargetUnsettled,
)
from billing.domain.refund_messages import RefundFailed, RefundRequested, RefundReturned
from billing.domain.target import Target
from billing.projections.payment_table import table
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded

__all__ = ["project", "projection", "table"]


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row; its line's stream says which line that is, its refunds' what went back."""
    row, id = table.c, recorded.subject
    match recorded.event:
        case CheckoutOpened() | ChargeStarted() as event:
            yield _tried(recorded, event)
        case TargetCleared() as event:
            yield _cleared(recorded, event)
        case CardPaymentCaptured(amount_ore=ore, payment_intent_id=intent_id):
            captured_ore = row.captured_ore + ore
            intent: dict[str, Any] = {"stripe_payment_intent_id": intent_id}
            yield _changed(id, recorded, captured_ore=captured_ore, **intent)
        case CheckoutExpired() | CardPaymentFailed():
            yield _changed(id, recorded, stage="failed", expires_at=None)
        case AdvanceReturned():
            yield _changed(id, recorded, stage="refunded")
        case AdvanceLost(amount_ore=ore):
            left = {"captured_ore": row.captured_ore - ore, **_disputes(-1)}  # it need not be noted
            yield _changed(id, recorded, stage="refunded", **left)
        case TargetDisputed():
            yield _changed(id, recorded, **_disputes(1))
        case TargetUndisputed():
            yield _changed(id, recorded, **_disputes(-1))
        case TargetSettled():
            yield _changed(id, recorded, stage="completed", paid_at=recorded.recorded_at)
        case TargetUnsettled():
            yield _changed(id, recorded, stage="pending", paid_at=None)
        case TargetForgotten(unpaid=True):  # perhaps while a card was tried
            tried = _changed(id, recorded, stage="failed", expires_at=None)
            yield tried.where(row.stage == "pending")
        case ClearanceRepeated():
            yield _changed(id, recorded)
        case _:
            yield from _of_others(recorded)


def _of_others(recorded: Recorded) -> Iterable[Change]:
    row = table.c
    match recorded.event:
        case LineItemCreated(payment_id=payment_id):
            yield _changed(payment_id, recorded, invoice_line_item_id=recorded.subject)
        case RefundRequested(sale_id=UUID() as sale_id, amount_ore=ore):
            yield _changed(sale_id, recorded, refunded_ore=row.refunded_ore + ore)
        case RefundFailed(payment_id=UUID() as sale_id, amount_ore=ore):
            yield _changed(sale_id, recorded, refunded_ore=row.refunded_ore - ore)
        case RefundReturned(payment_id=UUID() as sale_id, amount_ore=ore):
            yield _changed(sale_id, recorded, refunded_ore=row.refunded_ore - ore)


def _tried(recorded: Recorded, event: CheckoutOpened | ChargeStarted) -> Insert:
    now: dict[str, Any] = {
        **_sold_by(CARD, event.price.price_ore, "pending"),
        "paid_at": None,
        "cleared_at": None,
        "expires_at": None,
    }
    if isinstance(event, CheckoutOpened):
        now["stripe_checkout_session_id"] = event.session_id
        now["expires_at"] = event.expires_at
    return _row(recorded, event.target, now)


def _cleared(recorded: Recorded, event: TargetCleared) -> Insert:
    owed = event.method == INVOICE
    now: dict[str, Any] = {
        **_sold_by(event.method, event.price.price_ore, "pending" if owed else "completed"),
        "paid_at": None if owed else event.at,
        "cleared_at": event.at,
        "expires_at": None,
    }
    return _row(recorded, event.target, now)


def _sold_by(method: str, price_ore: int, stage: str) -> dict[str, Any]:
    """Return what is sold anew; nothing of it went back yet."""
    return {"payment_method": method, "amount_cents": price_ore, "stage": stage, "status": stage}


def _row(recorded: Recorded, target: Target, now: dict[str, Any]) -> Insert:
    """Return the payment's row as it is now; none where the id is another target's."""
    at = recorded.recorded_at
    first = insert(table).values(
        id=recorded.subject,
        project_id=target.id,
        target_kind=target.kind,
        workspace_id=recorded.workspace_id,
        currency=CURRENCY,
        created_at=at,
        updated_at=at,
        **now,
    )
    again = {**now, "updated_at": func.greatest(table.c.updated_at, at)}
    own = table.c.id == first.excluded.id
    return first.on_conflict_do_update(index_elements=["project_id"], set_=again, where=own)


def _disputes(more: int) -> dict[str, ColumnElement[Any]]:
    disputes = func.greatest(table.c.disputes + more, 0)
    return {"disputes": disputes, "disputed": disputes > 0}


def _changed(payment_id: UUID, recorded: Recorded, **now: Any) -> Update:
    """Return the change of a payment's row; of several streams, the latest says when it was.

    What it is called follows from what several streams say, whichever of them comes last.
    """
    updated_at = func.greatest(table.c.updated_at, recorded.recorded_at)
    changed = update(table).where(table.c.id == str(payment_id))
    return changed.values(**now, status=_status(now), updated_at=updated_at)


def _status(now: dict[str, Any]) -> ColumnElement[str]:
    stage = literal(now["stage"]) if "stage" in now else table.c.stage
    captured_ore = now.get("captured_ore", table.c.captured_ore)
    refunded_ore = now.get("refunded_ore", table.c.refunded_ore)
    by_card = table.c.payment_method == CARD
    back = and_(by_card, stage == "completed", captured_ore > 0, refunded_ore >= captured_ore)
    return case((back, "refunded"), else_=stage)


projection = Projection(table=table, project=project)
