"""`affiliate_earning`: one row a commission; what was skipped has none."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Date,
    DateTime,
    Index,
    Integer,
    Table,
    Text,
    cast,
    func,
    insert,
    select,
    update,
)

from affiliate.domain.earning_messages import (
    Earned,
    EarningPaidOut,
    EarningReleased,
    EarningReserved,
)
from affiliate.tables import metadata
from chassis.asked import Listing, Page
from chassis.identity import Actor
from chassis.unit.pages import page, scope
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded, version_of

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
    Column("credited_net_ore", BigInteger, nullable=False),  # before it was paid
    CheckConstraint("status in ('pending', 'paid_out')", name="affiliate_earning_status"),
    CheckConstraint(
        "state in ('available', 'reserved', 'paid_out')", name="affiliate_earning_state"
    ),
    Index("affiliate_earning_created", "created_at", "id"),
    Index("affiliate_earning_payout", "payout_id"),
    Index("affiliate_earning_affiliate", "affiliate_workspace_id", "state", "available_on"),
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row."""
    id, at = recorded.subject, recorded.recorded_at
    this = update(table).where(table.c.id == str(id))
    match recorded.event:
        case Earned() as event:
            yield insert(table).values(
                id=id,
                affiliate_workspace_id=event.affiliate_workspace_id,
                affiliate_relationship_id=event.relationship_id,
                invoice_id=event.invoice_id,
                invoice_amount_ore=event.base_ore,
                commission_percent=event.percent,
                earning_amount_ore=event.earning_ore,
                created_at=at,
                updated_at=at,
                available_on=event.available_on,
                referred_workspace_id=event.referred_workspace_id,
                invoice_series=event.invoice_series,
                invoice_number=event.invoice_number,
                invoice_net_ore=event.invoice_net_ore,
                credited_net_ore=event.credited_net_ore,
            )
        case EarningReserved(payout_id=payout_id):
            yield this.values(state="reserved", payout_id=payout_id, updated_at=at)
        case EarningReleased():
            yield this.values(state="available", payout_id=None, updated_at=at)
        case EarningPaidOut(reference=reference):
            yield this.values(
                state="paid_out",
                status="paid_out",
                paid_out_at=at,
                paid_out_reference=reference,
                updated_at=at,
            )


projection = Projection(table=table, project=project)


def listed(
    connection: Connection,
    actor: Actor,
    affiliate_id: UUID | None,
    status: str | None,
    asked: Listing[Any],
) -> Page[dict[str, Any]]:
    """Return a page of earnings: of one affiliate, or to a system admin of all."""
    base = table.c.invoice_amount_ore.label("base_ore")
    query = select(table, base, version_of("earning", table.c.id).label("version"))
    whose = scope(actor, affiliate_id, "affiliate.customer_not_found")
    wanted = {"affiliate_workspace_id": whose, "status": status}
    return page(connection, table, query, wanted, asked)


def affiliates_to_pay(connection: Connection, cutoff: date) -> Sequence[UUID]:
    """Return whose earnings are available by `cutoff`."""
    query = select(table.c.affiliate_workspace_id).where(_available(cutoff)).distinct()
    return sorted(UUID(each) for each in connection.execute(query).scalars())


def to_pay(connection: Connection, affiliate_id: UUID, cutoff: date, most: int) -> Sequence[UUID]:
    """Return an affiliate's earnings available by `cutoff`, the oldest first."""
    query = (
        select(table.c.id)
        .where(table.c.affiliate_workspace_id == str(affiliate_id), _available(cutoff))
        .order_by(table.c.created_at, table.c.id)
        .limit(most)
    )
    return [UUID(each) for each in connection.execute(query).scalars()]


def _available(cutoff: date) -> Any:
    return (table.c.state == "available") & (table.c.available_on <= cutoff)


def totals(connection: Connection) -> dict[str, int]:
    """Return the sums (øre) and the number of earnings that wait and that were paid out."""
    amount, waits = table.c.earning_amount_ore, table.c.status == "pending"
    pending = func.coalesce(func.sum(amount).filter(waits), 0)
    paid_out = func.coalesce(func.sum(amount).filter(~waits), 0)
    query = select(
        cast(pending, BigInteger).label("pending_ore"),
        cast(paid_out, BigInteger).label("paid_out_ore"),
        func.count().filter(waits).label("pending_payouts_count"),
    )
    return dict(connection.execute(query.select_from(table)).mappings().one())


def of_payout(connection: Connection, payout_id: UUID) -> list[dict[str, Any]]:
    """Return the earnings in a payout, the oldest first.

    Those of a payout that failed or was cancelled are not in it any more.
    """
    query = select(table).where(table.c.payout_id == str(payout_id))
    ordered = query.order_by(table.c.created_at, table.c.id)
    return [dict(row) for row in connection.execute(ordered).mappings()]
