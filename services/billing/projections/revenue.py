"""What the table `invoice` comes to: sold, waited for, late, paid. Amounts are øre."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Date,
    and_,
    cast,
    func,
    select,
    tuple_,
)

from billing.projections.invoice_rows import remaining
from billing.projections.invoices import table
from chassis.asked import Listing, Page
from chassis.unit.pages import cut, list_id, read

_ISSUED = table.c.issue_date.is_not(None)
_NET = table.c.net_ore - table.c.credited_net_ore


def waiting(connection: Connection, today: date) -> dict[str, Any]:
    """Return what remains of what was issued, what of it is late, and what was sold."""
    waits = table.c.state.in_(("Issued", "PartPaid"))
    late = and_(waits, table.c.due_date < today)
    query = select(
        _sum(remaining(), waits).label("pending_payment_ore"),
        func.count().filter(late).label("overdue_count"),
        _sum(remaining(), late).label("overdue_ore"),
        _sum(_NET, table.c.issue_date >= today.replace(day=1)).label("this_month_ore"),
        _sum(_NET, _ISSUED).label("total_ore"),
    )
    return dict(connection.execute(query).mappings().one())


def sold(connection: Connection, today: date) -> dict[str, Any]:
    """Return what was sold, net, by the day of issue."""
    on = table.c.issue_date
    query = select(
        _sum(_NET, _ISSUED).label("total_ore"),
        _sum(_NET, on >= today.replace(day=1)).label("this_month_ore"),
        _sum(_NET, on > today - timedelta(days=30)).label("last_30_days_ore"),
        _sum(_NET, on >= today.replace(month=1, day=1)).label("this_year_ore"),
        _sum(_NET, table.c.state == "Paid").label("paid_ore"),
        _sum(table.c.credited_net_ore, _ISSUED).label("credited_ore"),
        _sum(_NET, and_(_ISSUED, table.c.kind == "receipt")).label("card_ore"),
        func.count().filter(_ISSUED).label("invoice_count"),
    )
    return dict(connection.execute(query).mappings().one())


def _sum(ore: ColumnElement[int], of: ColumnElement[bool]) -> ColumnElement[int]:
    return cast(func.coalesce(func.sum(ore).filter(of), 0), BigInteger)


def first_paid(
    connection: Connection, first: date, last: date, asked: Listing[Any]
) -> Page[dict[str, Any]]:
    """Return a page of the invoices that were first paid on these days in Oslo."""
    named = list_id("paid_net", {"first": first, "last": last})
    id, at = table.c.id, table.c.first_paid_at.label("created_at")  # what a page is ordered by
    columns = [table.c[name] for name in ("workspace_id", "net_ore", "credited_net_ore")]
    day = cast(func.timezone("Europe/Oslo", table.c.first_paid_at), Date)
    query = select(id, at, *columns, table.c.settlements, table.c.state)
    query = query.where(table.c.kind == "invoice", day.between(first, last))
    place = tuple_(table.c.first_paid_at, id)
    if asked.cursor is not None:
        query = query.where(place < read(asked.cursor, named))
    newest_first = query.order_by(table.c.first_paid_at.desc(), id.desc()).limit(asked.limit + 1)
    rows = [dict(each) for each in connection.execute(newest_first).mappings()]
    return cut(rows, asked.limit, named)
