"""`affiliate_earning`: one row an entry, an earning or a correction; what was skipped has none.

It is `available` from the beginning: whether its day has come is asked when it is read.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    Table,
    Text,
    Update,
    case,
    update,
)

from affiliate.domain.earning_messages import (
    CorrectionMade,
    Earned,
    EarningAdjusted,
    EarningHeld,
    EarningHoldReleased,
    EarningPaidOut,
    EarningRejected,
    EarningReleased,
    EarningReserved,
)
from affiliate.tables import metadata
from chassis.unit.projection import Added, Change, Projection
from chassis.unit.store import Recorded

table = Table(
    "affiliate_earning",
    metadata,
    Column("id", Text, primary_key=True),
    Column("affiliate_workspace_id", Text, nullable=False),
    Column("affiliate_relationship_id", Text, nullable=False),
    Column("invoice_id", Text, nullable=False),
    Column("invoice_amount_ore", BigInteger, nullable=False),  # what the percentage is taken of
    Column("commission_percent", Integer, nullable=False),
    Column("earning_amount_ore", BigInteger, nullable=False),
    Column("status", Text, nullable=False, server_default="pending"),
    Column("paid_out_at", DateTime(timezone=True)),
    Column("paid_out_reference", Text),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    # beyond the seed
    Column("state", Text, nullable=False, server_default="available"),
    Column("available_on", Date, nullable=False),  # in Oslo
    Column("payout_id", Text),
    Column("referred_workspace_id", Text, nullable=False),
    Column("invoice_series", Text, nullable=False),
    Column("invoice_number", Integer, nullable=False),
    Column("invoice_net_ore", BigInteger, nullable=False),
    Column("credited_net_ore", BigInteger, nullable=False),
    Column("corrects", Text),  # the first entry of the invoice, beside which it stands
    Column("held_at", DateTime(timezone=True)),
    CheckConstraint(
        "status in ('pending', 'paid_out', 'reversed')", name="affiliate_earning_status"
    ),
    CheckConstraint(
        "state in ('available', 'on_hold', 'reserved', 'paid_out', 'reversed', 'rejected')",
        name="affiliate_earning_state",
    ),
    Index("affiliate_earning_created", "created_at", "id"),
    Index("affiliate_earning_payout", "payout_id"),
    Index("affiliate_earning_invoice", "invoice_id"),
    Index("affiliate_earning_affiliate", "affiliate_workspace_id", "state", "available_on"),
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row."""
    at = recorded.recorded_at
    match recorded.event:
        case Earned() as event:
            yield _made(recorded, event, event.earning_ore, None)
        case CorrectionMade() as event:
            yield _made(recorded, event, event.amount_ore, event.corrects)
        case EarningAdjusted() as event:
            left = _left(event.credited_net_ore)
            yield _this(recorded).values(**_worth(event.amount_ore), **left, updated_at=at)
        case EarningHeld():
            yield _this(recorded).values(state="on_hold", held_at=at, updated_at=at)
        case EarningHoldReleased() as event:
            amount_ore = table.c.earning_amount_ore + event.change_ore
            is_left, was_rejected = amount_ore != 0, table.c.state == "rejected"
            yield _this(recorded).values(
                # beside one that was only held a correction may stand, with what was credited since
                **_left(
                    case((was_rejected, event.credited_net_ore), else_=table.c.credited_net_ore)
                ),
                earning_amount_ore=amount_ore,
                state=case((is_left, "available"), else_="reversed"),
                status=case((is_left, "pending"), else_="reversed"),
                held_at=None,
                updated_at=at,
            )
        case EarningRejected():
            yield _this(recorded).values(
                earning_amount_ore=0, state="rejected", status="reversed", updated_at=at
            )
        case EarningReserved(payout_id=payout_id):
            yield _this(recorded).values(state="reserved", payout_id=payout_id, updated_at=at)
        case EarningReleased():
            yield _this(recorded).values(state="available", payout_id=None, updated_at=at)
        case EarningPaidOut(reference=reference):
            yield _this(recorded).values(
                state="paid_out",
                status="paid_out",
                paid_out_at=at,
                paid_out_reference=reference,
                updated_at=at,
            )


def _this(recorded: Recorded) -> Update:
    return update(table).where(table.c.id == str(recorded.subject))


def _made(
    recorded: Recorded, event: Earned | CorrectionMade, amount_ore: int, corrects: UUID | None
) -> Change:
    row = {
        "id": recorded.subject,
        "affiliate_workspace_id": event.affiliate_workspace_id,
        "affiliate_relationship_id": event.relationship_id,
        "invoice_id": event.invoice_id,
        "invoice_amount_ore": event.base_ore,
        "commission_percent": event.percent,
        "earning_amount_ore": amount_ore,
        "created_at": recorded.recorded_at,
        "updated_at": recorded.recorded_at,
        "available_on": event.available_on,
        "referred_workspace_id": event.referred_workspace_id,
        "invoice_series": event.invoice_series,
        "invoice_number": event.invoice_number,
        "invoice_net_ore": event.invoice_net_ore,
        "credited_net_ore": event.credited_net_ore,
        "corrects": corrects,
    }
    return Added(table=table, row=row)


def _left(credited_net_ore: Any) -> dict[str, Any]:
    return {
        "credited_net_ore": credited_net_ore,
        "invoice_amount_ore": table.c.invoice_net_ore - credited_net_ore,
    }


def _worth(amount_ore: int) -> dict[str, Any]:
    """Return what an entry that stands alone is by now: on hold still, unless nothing is left."""
    if amount_ore == 0:
        return {"earning_amount_ore": 0, "state": "reversed", "status": "reversed", "held_at": None}
    raised = case((table.c.state == "reversed", "available"), else_=table.c.state)
    return {"earning_amount_ore": amount_ore, "state": raised, "status": "pending"}


projection = Projection(table=table, project=project)
