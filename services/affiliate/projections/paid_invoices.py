"""`paid_invoice`: what is known of an invoice, and whether anybody earns on it."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Index,
    Integer,
    Table,
    Text,
    case,
    cast,
    func,
    select,
    true,
    update,
)

from affiliate.domain.earning_messages import EarningSkipped
from affiliate.domain.paid_invoice import InvoiceNoted
from affiliate.projections import earnings, relationships
from affiliate.tables import metadata
from chassis.unit.projection import Added, Change, Projection
from chassis.unit.store import Recorded

table = Table(
    "paid_invoice",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workspace_id", Text, nullable=False),  # whose invoice it is
    Column("invoice_number", Integer),
    Column("net_ore", BigInteger),
    Column("credited_net_ore", BigInteger, nullable=False),
    Column("settlement", Integer, nullable=False),  # how often it was paid
    Column("settled", Boolean, nullable=False),  # it still is
    Column("relationship_id", Text),  # by which it is earned on
    Column("percent", Integer),
    Column("paid_at", DateTime(timezone=True)),  # the first time
    Column("skipped", Text),  # why nothing is earned on it
    Index("paid_invoice_paid", "paid_at"),
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row."""
    match recorded.event:
        case InvoiceNoted() as event:
            row = {
                "workspace_id": event.workspace_id,
                "invoice_number": event.invoice_number,
                "net_ore": event.net_ore,
                "credited_net_ore": event.credited_net_ore,
                "settlement": event.settlement,
                "settled": event.settled,
                "relationship_id": event.relationship_id,
                "percent": event.percent,
                "paid_at": event.paid_at,
            }
            if recorded.version == 1:
                yield Added(table=table, row={"id": recorded.subject} | row)
            else:
                yield update(table).where(table.c.id == str(recorded.subject)).values(**row)
        case EarningSkipped(invoice_id=invoice_id, reason=reason):
            yield update(table).where(table.c.id == str(invoice_id)).values(skipped=reason)


projection = Projection(table=table, project=project)


def found(connection: Connection, invoice_id: UUID) -> dict[str, Any] | None:
    """Return what is known of an invoice that was paid once, with whose affiliate it is."""
    affiliate = relationships.table.c.affiliate_workspace_id
    beside = relationships.table.c.id == table.c.relationship_id
    query = select(table, affiliate).outerjoin(relationships.table, beside)
    paid = query.where(table.c.id == str(invoice_id), table.c.settlement > 0)
    row = connection.execute(paid).mappings().one_or_none()
    return dict(row) if row else None


def first_paid(connection: Connection, first: date, last: date) -> dict[UUID, dict[str, Any]]:
    """Return by id what is known of the invoices that were first paid on these days in Oslo."""
    columns = ("workspace_id", "net_ore", "credited_net_ore", "settlement", "settled", "paid_at")
    query = select(table.c.id, *(table.c[name] for name in columns))
    rows = connection.execute(query.where(_day().between(first, last))).mappings()
    return {
        UUID(row["id"]): {
            **{name: row[name] for name in columns},
            "workspace_id": UUID(row["workspace_id"]),
        }
        for row in rows
    }


def simulated(
    connection: Connection, percent: int, days: tuple[date, date], affiliate_id: UUID | None
) -> Sequence[dict[str, Any]]:
    """Return by affiliate what invoices first paid on these days earn, and would at `percent`.

    Counted is what is settled by now; not what was rejected or skipped, unless for its smallness.
    """
    entries = (
        select(
            earnings.table.c.invoice_id,
            func.sum(earnings.table.c.earning_amount_ore).label("real_ore"),
            func.bool_or(earnings.table.c.state == "rejected").label("rejected"),
        )
        .group_by(earnings.table.c.invoice_id)
        .subquery()
    )
    left = table.c.net_ore - table.c.credited_net_ore
    counts = table.c.settled & ~func.coalesce(entries.c.rejected, False)
    base = case((counts, left), else_=0)
    affiliate = relationships.table.c.affiliate_workspace_id
    query = (
        select(
            affiliate,
            _sum(base).label("base_ore"),
            _sum(entries.c.real_ore).label("real_ore"),
            _sum((base * percent + 50) // 100).label("simulated_ore"),
        )
        .join(relationships.table, relationships.table.c.id == table.c.relationship_id)
        .outerjoin(entries, entries.c.invoice_id == table.c.id)
        .where(_day().between(*days), func.coalesce(table.c.skipped, ZERO) == ZERO)
        .where(affiliate == str(affiliate_id) if affiliate_id else true())
        .group_by(affiliate)
        .order_by(affiliate)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


ZERO = "zero_commission"  # at another percentage it is something


def _day() -> Any:
    return cast(func.timezone("Europe/Oslo", table.c.paid_at), Date)


def _sum(column: Any) -> Any:
    return cast(func.coalesce(func.sum(column), 0), BigInteger)
