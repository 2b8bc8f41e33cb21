"""`invoice_line_item`: one row a delivered target that is invoiced."""

from collections.abc import Iterable, Mapping, Sequence
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
    insert,
    select,
    update,
)

from billing.domain.line_item import LineItemCreated, LineItemInvoiced, description
from billing.tables import metadata
from chassis.asked import Listing, Page
from chassis.unit.pages import page
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded, version_of

table = Table(
    "invoice_line_item",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workspace_id", Text, nullable=False),
    Column("project_id", Text),
    Column("video_project_id", Text),
    Column("description", Text, nullable=False),
    Column("amount_ore", BigInteger, nullable=False),  # net, of one
    Column("quantity", Integer, nullable=False, server_default="1"),
    Column("status", Text, nullable=False, server_default="pending"),
    Column("invoice_id", Text),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    # beyond the seed
    Column("target_id", Text, nullable=False),
    Column("net_ore", BigInteger, nullable=False),
    Column("vat_ore", BigInteger, nullable=False),
    Column("gross_ore", BigInteger, nullable=False),
    Column("vat_rate_bp", Integer, nullable=False),
    Column("vat_type", Text, nullable=False),
    Column("price_version", Integer, nullable=False),
    Column("delivered_on", Date, nullable=False),
    CheckConstraint(
        "status in ('pending', 'invoiced', 'cancelled')", name="invoice_line_item_status"
    ),
    Index("invoice_line_item_workspace", "workspace_id"),
    Index("invoice_line_item_invoice", "invoice_id"),
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row."""
    at = recorded.recorded_at
    match recorded.event:
        case LineItemCreated() as event:
            target = "project_id" if event.target_kind == "image_project" else "video_project_id"
            yield insert(table).values(
                id=recorded.subject,
                workspace_id=event.workspace_id,
                description=description(event.target_kind, event.title),
                amount_ore=event.unit_price_ore,
                quantity=event.quantity,
                created_at=at,
                updated_at=at,
                target_id=event.target_id,
                net_ore=event.net_ore,
                vat_ore=event.vat_ore,
                gross_ore=event.gross_ore,
                vat_rate_bp=event.vat_rate_bp,
                vat_type=event.vat_type,
                price_version=event.price_version,
                delivered_on=event.delivered_on,
                **{target: event.target_id},
            )
        case LineItemInvoiced(invoice_id=invoice_id):
            this = update(table).where(table.c.id == str(recorded.subject))
            yield this.values(status="invoiced", invoice_id=invoice_id, updated_at=at)


projection = Projection(table=table, project=project)


def listed(
    connection: Connection, wanted: Mapping[str, Any], asked: Listing[Any]
) -> Page[dict[str, Any]]:
    """Return a page of rows, newest first; `wanted` names columns and what they must hold."""
    query = select(table, version_of("line_item", table.c.id).label("version"))
    return page(connection, table, query, wanted, asked)


def candidates(
    connection: Connection, workspace_id: UUID | None, line_item_ids: Sequence[UUID] | None
) -> list[UUID]:
    """Return what may be put on an invoice, oldest first: the lines named, else the pending."""
    query = select(table.c.id).order_by(table.c.created_at, table.c.id)
    if line_item_ids is not None:
        query = query.where(table.c.id.in_([str(id) for id in line_item_ids]))
    else:
        query = query.where(table.c.status == "pending")
        if workspace_id is not None:
            query = query.where(table.c.workspace_id == str(workspace_id))
    return [UUID(id) for id in connection.scalars(query)]


def on_invoice(connection: Connection, invoice_id: UUID) -> list[dict[str, Any]]:
    """Return an invoice's lines, in the order in which they stand on it."""
    query = select(table).where(table.c.invoice_id == str(invoice_id))
    ordered = query.order_by(table.c.created_at, table.c.id)
    return [dict(line) for line in connection.execute(ordered).mappings()]
