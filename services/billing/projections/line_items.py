"""`invoice_line_item`: one row a delivered target that is invoiced."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
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

from billing.domain.line_item_messages import (
    LineItemCancelled,
    LineItemCreated,
    LineItemInvoiced,
    LineItemReleased,
    LineItemTargetForgotten,
)
from billing.domain.target import MOST_CHARACTERS, description
from billing.domain.vat import EXEMPT
from billing.tables import metadata
from chassis.asked import Listing, Page
from chassis.personal import PRIVATE
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
    Column("rail", Text, nullable=False),
    Column("organization_number", Text, info=PRIVATE),  # to which credit was given, by invoice
    Column("position", Integer),  # on its document, from 1
    CheckConstraint(
        "status in ('pending', 'invoiced', 'cancelled')", name="invoice_line_item_status"
    ),
    CheckConstraint("rail in ('invoice', 'card')", name="invoice_line_item_rail"),
    CheckConstraint(
        "project_id is null or video_project_id is null", name="invoice_line_item_one_target"
    ),
    CheckConstraint(
        f"length(description) <= {MOST_CHARACTERS}", name="invoice_line_item_description"
    ),
    Index("invoice_line_item_workspace", "workspace_id"),
    Index("invoice_line_item_invoice", "invoice_id"),
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row; a deleted target's is not named any more, but what was sold stays."""
    at = recorded.recorded_at
    this = update(table).where(table.c.id == str(recorded.subject))
    match recorded.event:
        case LineItemCreated() as event:
            yield insert(table).values(id=recorded.subject, **_sold(event), **_times(at))
        case LineItemInvoiced(invoice_id=invoice_id, position=position):
            on = {"invoice_id": invoice_id, "position": position}
            yield this.values(status="invoiced", updated_at=at, **on)
        case LineItemReleased():
            yield this.values(status="pending", invoice_id=None, position=None, updated_at=at)
        case LineItemCancelled():
            yield this.values(status="cancelled", updated_at=at)
        case LineItemTargetForgotten():
            yield this.values(project_id=None, video_project_id=None, updated_at=at)


def _sold(event: LineItemCreated) -> dict[str, Any]:
    named = "project_id" if event.target.kind == "image_project" else "video_project_id"
    return {
        "workspace_id": event.workspace_id,
        named: event.target.id,
        "target_id": event.target.id,
        "description": description(event.target.kind, event.title, _locale(event)),
        "amount_ore": event.net_ore // event.quantity,
        "price_version": event.price.price_version,
        "quantity": event.quantity,
        "net_ore": event.net_ore,
        "vat_ore": event.vat_ore,
        "gross_ore": event.gross_ore,
        "vat_rate_bp": event.vat_rate_bp,
        "vat_type": event.vat_type,
        "delivered_on": event.delivered_on,
        "rail": event.rail,
        "organization_number": event.organization_number,
    }


def _locale(event: LineItemCreated) -> str:
    """Return the language of its document: what is exempt is sold abroad."""
    return "en" if event.vat_type == EXEMPT else "nb"


def _times(at: datetime) -> dict[str, datetime]:
    return {"created_at": at, "updated_at": at}


projection = Projection(table=table, project=project)


def listed(
    connection: Connection, wanted: Mapping[str, Any], asked: Listing[Any]
) -> Page[dict[str, Any]]:
    """Return a page of rows, newest first; `wanted` names columns and what they must hold."""
    query = select(table, version_of("line_item", table.c.id).label("version"))
    return page(connection, table, query, wanted, asked)


def on_invoice(connection: Connection, invoice_id: UUID) -> list[dict[str, Any]]:
    """Return an invoice's lines, in the order of its draft."""
    query = select(table).where(table.c.invoice_id == str(invoice_id))
    return [dict(each) for each in connection.execute(query.order_by(table.c.position)).mappings()]


def named(connection: Connection, line_item_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return these lines, in that order. Raises `KeyError` for one that is not there."""
    wanted = [str(id) for id in line_item_ids]
    rows = connection.execute(select(table).where(table.c.id.in_(wanted))).mappings()
    found = {each["id"]: dict(each) for each in rows}
    return [found[id] for id in wanted]
