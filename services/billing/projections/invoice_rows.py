"""What is asked of the table `invoice`: one row, a page of them, as they stand today."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, and_, case, or_, select

from billing.projections.invoices import table
from chassis.asked import Listing, Page
from chassis.identity import Actor
from chassis.unit.pages import page
from chassis.unit.projection import row
from chassis.unit.store import version_of

SHOWN = [
    table.c[name]
    for name in (
        *("id", "workspace_id", "fiken_invoice_id", "fiken_invoice_number", "fiken_contact_id"),
        *("total_amount_ore", "currency", "status", "issue_date", "due_date", "paid_at", "notes"),
        *("created_at", "updated_at", "kind", "state", "series", "invoice_number", "kid"),
        *("net_ore", "vat_ore", "gross_ore", "paid_ore", "credited_ore", "written_off_ore"),
        *("delivery", "document_ref", "document_sha256", "document_size"),
    )
]


def get(connection: Connection, invoice_id: UUID, actor: Actor) -> dict[str, Any]:
    """Return an invoice's row as it is stored."""
    return row(connection, table, "invoice", invoice_id, actor, "billing.invoice_not_found")


def shown(connection: Connection, invoice_id: UUID, actor: Actor, today: date) -> dict[str, Any]:
    """Return an invoice as it stands today."""
    version = get(connection, invoice_id, actor)["stream_version"]
    found = connection.execute(_today(today).where(table.c.id == str(invoice_id))).mappings().one()
    return {**found, "version": version}


def by_kid(connection: Connection, kid: str) -> UUID | None:
    """Return the document that a payer's reference names."""
    found = connection.scalar(select(table.c.id).where(table.c.kid == kid))
    return UUID(found) if found else None


def listed(
    connection: Connection, wanted: Mapping[str, Any], asked: Listing[Any], today: date
) -> Page[dict[str, Any]]:
    """Return a page of invoices as they stand today; `wanted` as in `line_items`."""
    version = version_of("invoice", table.c.id).label("version")
    return page(connection, table, _today(today).add_columns(version), wanted, asked)


def _today(today: date) -> Select[Any]:
    columns = [each for each in SHOWN if each.name != "status"]
    return select(*columns, _status(today).label("status"), remaining().label("remaining_ore"))


def late(connection: Connection, today: date, after: Sequence[timedelta]) -> list[UUID]:
    """Return what may be overdue, or to be reminded of, on that day: the longest due first.

    `after`: how long past the due date each reminder is due.
    """
    row = table.c
    waits = row.state.in_(("Issued", "PartPaid")) & (row.kind == "invoice")
    due = [
        and_(row.reminders == sent, row.due_date <= today - past) for sent, past in enumerate(after)
    ]
    query = select(row.id).where(waits, or_(*due)).order_by(row.due_date, row.id)
    return [UUID(id) for id in connection.scalars(query)]


def _status(today: date) -> ColumnElement[str]:
    late = and_(table.c.status == "sent", table.c.due_date < today)
    return case((late, "overdue"), else_=table.c.status)


def remaining() -> ColumnElement[int]:
    """Return what is waited for: of a draft what it comes to, of what was written off nothing."""
    waits = table.c.state.in_(("Draft", "Issued", "PartPaid"))
    return case((waits, table.c.gross_ore - table.c.credited_ore - table.c.paid_ore), else_=0)


def of_run(connection: Connection, run_id: UUID) -> list[dict[str, Any]]:
    """Return what a run drafted and nobody discarded: id, workspace, state, what it lacks."""
    columns = (table.c.id, table.c.workspace_id, table.c.state, table.c.missing)
    query = select(*columns).where(table.c.run_id == str(run_id), table.c.state != "Discarded")
    ordered = query.order_by(table.c.created_at, table.c.id)
    return [dict(each) for each in connection.execute(ordered).mappings()]
