"""What is found of card payments by Stripe's names, and what still waits for Stripe: candidates.

Whether a row is still so is each stream's own to say.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, String, func, literal, or_, select, true, union_all

from billing.domain.card import CARD
from billing.projections import card_payments, disputes, payments, refunds


def of_intent(connection: Connection, intent_id: str) -> UUID | None:
    """Return the payment whose money came by that intent; one that is not here may be ours too."""
    came = card_payments.table.c
    query = select(came.payment_id).where(came.payment_intent_id == intent_id)
    found = connection.execute(query).scalar()
    return UUID(found) if found else None


def refund_named(connection: Connection, payment_id: UUID, provider_id: str) -> UUID | None:
    """Return the refund of a payment that Stripe calls so, whoever asked for it."""
    row = refunds.table.c
    query = select(row.id).where(
        row.payment_id == str(payment_id),
        or_(row.provider_id == provider_id, row.reference == provider_id),
    )
    found = connection.execute(query).scalar()
    return UUID(found) if found else None


def promised(
    connection: Connection, payment_id: UUID, intent_id: str, amount_ore: int
) -> UUID | None:
    """Return the oldest refund of so much of that money that Stripe does not have yet."""
    row = refunds.table.c
    query = select(row.id).where(
        row.payment_id == str(payment_id),
        row.payment_intent_id == intent_id,
        row.amount_ore == amount_ore,
        row.state == "Requested",
    )
    found = connection.execute(query.order_by(row.created_at, row.id).limit(1)).scalar()
    return UUID(found) if found else None


def unpaid(connection: Connection) -> list[UUID]:
    """Return the payments that are being tried by card."""
    query = select(payments.table.c.id).where(
        payments.table.c.payment_method == CARD,
        payments.table.c.status == "pending",
        payments.table.c.cleared_at.is_(None),
    )
    return [UUID(each) for each in connection.execute(query).scalars()]


def unsent(connection: Connection) -> list[UUID]:
    """Return the refunds by card that Stripe has not sent yet."""
    query = select(refunds.table.c.id).where(
        refunds.table.c.rail == "card", refunds.table.c.state.in_(("Requested", "Submitted"))
    )
    return [UUID(each) for each in connection.execute(query).scalars()]


def recorded(
    connection: Connection, since: datetime, before: datetime
) -> list[tuple[str, str, UUID, str]]:
    """Return what was recorded of Stripe in that time: what, Stripe's name, our id, our state."""
    paid, sent, disputed = card_payments.table.c, refunds.table.c, disputes.table.c
    kept, name = (
        func.coalesce(paid.held, "captured"),
        func.coalesce(sent.reference, sent.provider_id),
    )
    of = (
        ("payment", paid.payment_intent_id, paid.payment_id, kept, paid.created_at, true()),
        ("refund", name, sent.id, sent.state, sent.created_at, sent.rail == "card"),
        ("dispute", disputed.provider_id, disputed.id, disputed.state, disputed.created_at, true()),
    )
    rows = (
        select(literal(what, String), name, id, state).where(
            name.is_not(None), at >= since, at < before, by_card
        )
        for what, name, id, state, at, by_card in of
    )
    found = connection.execute(union_all(*rows))
    return [(what, name, UUID(id), state) for what, name, id, state in found]
