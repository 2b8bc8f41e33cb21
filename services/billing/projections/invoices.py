"""`invoice`: one row an invoice. That it is overdue is a fact about today, and not stored."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Index,
    Table,
    Text,
    and_,
    case,
    insert,
    select,
    update,
)

from billing.domain.invoice_messages import (
    InvoiceDocumentStored,
    InvoiceDrafted,
    InvoiceIssued,
    InvoicePaid,
    InvoicePaymentRecorded,
)
from billing.tables import metadata
from chassis.asked import Listing, Page
from chassis.identity import Actor
from chassis.personal import PRIVATE
from chassis.unit.pages import page
from chassis.unit.projection import Change, Projection, row
from chassis.unit.store import Recorded, version_of

table = Table(
    "invoice",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workspace_id", Text, nullable=False),
    Column("fiken_invoice_id", BigInteger),
    Column("fiken_invoice_number", Text),
    Column("fiken_contact_id", BigInteger),
    Column("total_amount_ore", BigInteger, nullable=False),  # net
    Column("currency", Text, nullable=False, server_default="NOK"),
    Column("status", Text, nullable=False, server_default="draft"),
    Column("issue_date", Date),
    Column("due_date", Date),
    Column("paid_at", DateTime(timezone=True)),
    Column("notes", Text, info=PRIVATE),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    # beyond the seed
    Column("state", Text, nullable=False),
    Column("series", Text),
    Column("invoice_number", BigInteger),
    Column("kid", Text),
    Column("net_ore", BigInteger, nullable=False),
    Column("vat_ore", BigInteger, nullable=False),
    Column("gross_ore", BigInteger, nullable=False),
    Column("paid_ore", BigInteger, nullable=False, server_default="0"),
    Column("document_ref", Text),
    Column("document_sha256", Text),
    Column("document_size", BigInteger),
    CheckConstraint(
        "status in ('draft', 'sent', 'paid', 'cancelled', 'overdue')", name="invoice_status"
    ),
    CheckConstraint("state in ('Draft', 'Issued', 'PartPaid', 'Paid')", name="invoice_state"),
    Index("invoice_workspace", "workspace_id"),
    Index("invoice_series_number", "series", "invoice_number", unique=True),
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row."""
    at = recorded.recorded_at
    this = update(table).where(table.c.id == str(recorded.subject))
    match recorded.event:
        case InvoiceDrafted() as drafted:
            yield insert(table).values(
                id=recorded.subject,
                workspace_id=drafted.workspace_id,
                total_amount_ore=drafted.net_ore,
                currency=drafted.currency,
                state="Draft",
                net_ore=drafted.net_ore,
                vat_ore=drafted.vat_ore,
                gross_ore=drafted.gross_ore,
                created_at=at,
                updated_at=at,
            )
        case InvoiceIssued() as issued:
            yield this.values(
                state="Issued",
                status="sent",
                series=issued.series,
                invoice_number=issued.invoice_number,
                kid=issued.kid,
                issue_date=issued.issue_date,
                due_date=issued.due_date,
                updated_at=at,
            )
        case InvoiceDocumentStored(ref=ref, sha256=sha256, size=size):
            yield this.values(
                document_ref=ref, document_sha256=sha256, document_size=size, updated_at=at
            )
        case InvoicePaymentRecorded(amount_ore=amount_ore):
            paid_ore = table.c.paid_ore + amount_ore
            yield this.values(state="PartPaid", paid_ore=paid_ore, updated_at=at)
        case InvoicePaid(paid_at=paid_at):
            yield this.values(state="Paid", status="paid", paid_at=paid_at, updated_at=at)


projection = Projection(
    table=table, project=project, unique={"invoice_series_number": "billing.number_taken"}
)


def get(connection: Connection, invoice_id: UUID, actor: Actor) -> dict[str, Any]:
    """Return an invoice's row as it is stored."""
    return row(connection, table, "invoice", invoice_id, actor, "billing.invoice_not_found")


def shown(connection: Connection, invoice_id: UUID, actor: Actor, today: date) -> dict[str, Any]:
    """Return an invoice as it stands today."""
    found = get(connection, invoice_id, actor)
    found["version"] = found.pop("stream_version")
    late = found["status"] == "sent" and today > found["due_date"]
    found["status"] = "overdue" if late else found["status"]
    return _with_remaining(found)


def listed(
    connection: Connection, wanted: Mapping[str, Any], asked: Listing[Any], today: date
) -> Page[dict[str, Any]]:
    """Return a page of invoices as they stand today; `wanted` as in `line_items`."""
    columns = [each for each in table.c if each.name != "status"]
    version = version_of("invoice", table.c.id).label("version")
    remaining = (table.c.gross_ore - table.c.paid_ore).label("remaining_ore")
    query = select(*columns, _status(today).label("status"), version, remaining)
    return page(connection, table, query, wanted, asked)


def _status(today: date) -> ColumnElement[str]:
    late = and_(table.c.status == "sent", table.c.due_date < today)
    return case((late, "overdue"), else_=table.c.status)


def _with_remaining(found: dict[str, Any]) -> dict[str, Any]:
    return {**found, "remaining_ore": found["gross_ore"] - found["paid_ore"]}
