"""`credit_note`: one row a credit note; `credit_note_line`: one for what it takes of a line."""

from collections.abc import Iterable, Mapping
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
    Select,
    Table,
    Text,
    insert,
    select,
    update,
)

from billing.domain.credit_note import (
    CreditNoteDelivered,
    CreditNoteDeliveryFailed,
    CreditNoteDocumentStored,
    CreditNoteIssued,
    CreditNoteSendingRequested,
)
from billing.kept import buyer
from billing.projections import line_items
from billing.tables import metadata
from chassis import ids
from chassis.asked import Listing, Page
from chassis.errors import NotFound
from chassis.identity import Actor
from chassis.unit.pages import page
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded, version_of

table = Table(
    "credit_note",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workspace_id", Text, nullable=False),
    Column("invoice_id", Text, nullable=False),
    Column("series", Text, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("issue_date", Date, nullable=False),
    Column("currency", Text, nullable=False),
    Column("net_ore", BigInteger, nullable=False),
    Column("vat_ore", BigInteger, nullable=False),
    Column("gross_ore", BigInteger, nullable=False),
    Column("delivery", Text, nullable=False),
    Column("document_ref", Text),
    Column("document_sha256", Text),
    Column("document_size", BigInteger),
    Column("ehf_ref", Text),
    Column("ehf_sha256", Text),
    Column("ehf_size", BigInteger),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("delivery in ('pending', 'delivered', 'failed')", name="credit_note_delivery"),
    Index("credit_note_workspace", "workspace_id"),
    Index("credit_note_invoice", "invoice_id"),
    Index("credit_note_series_number", "series", "number", unique=True),
)
line_table = Table(
    "credit_note_line",
    metadata,
    Column("id", Text, primary_key=True),
    Column("credit_note_id", Text, nullable=False),
    Column("position", Integer, nullable=False),  # on it, from 1
    Column("line_item_id", Text, nullable=False),
    Column("net_ore", BigInteger, nullable=False),
    Column("vat_ore", BigInteger, nullable=False),
    Column("gross_ore", BigInteger, nullable=False),
    Index("credit_note_line_note", "credit_note_id"),
    Index("credit_note_line_item", "line_item_id"),
)
PAPERS = {"pdf": "document", "ehf": "ehf"}  # a format's columns


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row."""
    match recorded.event:
        case CreditNoteIssued() as issued:
            yield _issued(recorded, issued)
        case CreditNoteDocumentStored(format=format, ref=ref, sha256=sha256, size=size):
            paper = PAPERS[format]
            named: dict[str, Any] = {f"{paper}_ref": ref, f"{paper}_sha256": sha256}
            yield _now(recorded, **named, **{f"{paper}_size": size})
        case CreditNoteSendingRequested():
            yield _now(recorded, delivery="pending")
        case CreditNoteDelivered():
            yield _now(recorded, delivery="delivered")
        case CreditNoteDeliveryFailed():
            yield _now(recorded, delivery="failed")


def _issued(recorded: Recorded, issued: CreditNoteIssued) -> Change:
    return insert(table).values(
        id=recorded.subject,
        workspace_id=issued.workspace_id,
        invoice_id=issued.invoice_id,
        series=issued.series,
        number=issued.number,
        issue_date=issued.issue_date,
        currency=issued.currency,
        net_ore=issued.net_ore,
        vat_ore=issued.vat_ore,
        gross_ore=issued.gross_ore,
        delivery="pending",
        created_at=recorded.recorded_at,
        updated_at=recorded.recorded_at,
    )


def _now(recorded: Recorded, **named: Any) -> Change:
    this = update(table).where(table.c.id == str(recorded.subject))
    return this.values(**named, updated_at=recorded.recorded_at)


def project_lines(recorded: Recorded) -> Iterable[Change]:
    """Fill a row for each line."""
    match recorded.event:
        case CreditNoteIssued(lines=lines):
            for position, each in enumerate(lines, 1):
                yield insert(line_table).values(
                    id=ids.derive(recorded.subject, "line", position),
                    credit_note_id=recorded.subject,
                    position=position,
                    line_item_id=each.line_item_id,
                    net_ore=each.net_ore,
                    vat_ore=each.vat_ore,
                    gross_ore=each.net_ore + each.vat_ore,
                )


projection = Projection(
    table=table, project=project, unique={"credit_note_series_number": "billing.number_taken"}
)
lines_projection = Projection(table=line_table, project=project_lines)


def get(connection: Connection, credit_note_id: UUID, actor: Actor) -> dict[str, Any]:
    """Return a credit note's row. Raises `NotFound` for another's, and for nobody's."""
    query = _with_reason().where(table.c.id == str(credit_note_id))
    found = connection.execute(query).mappings().one_or_none()
    if found is None or not actor.sees(UUID(found["workspace_id"])):
        raise NotFound("billing.credit_note_not_found", "no such credit_note")
    return dict(found)


def listed(
    connection: Connection, wanted: Mapping[str, Any], asked: Listing[Any]
) -> Page[dict[str, Any]]:
    """Return a page of credit notes, newest first; `wanted` as in `line_items`."""
    return page(connection, table, _with_reason(), wanted, asked)


def of_invoice(connection: Connection, invoice_id: UUID) -> list[dict[str, Any]]:
    """Return number, day and amounts of an invoice's credit notes, in the order of numbers."""
    row = table.c
    query = select(row.id, row.number, row.issue_date, row.net_ore, row.vat_ore, row.gross_ore)
    ordered = query.where(row.invoice_id == str(invoice_id)).order_by(row.number)
    return [dict(each) for each in connection.execute(ordered).mappings()]


def _with_reason() -> Select[Any]:
    """Return the query of rows with their versions and why, which is kept with the buyer."""
    why = select(buyer.c.reason).where(buyer.c.document_id == table.c.id).scalar_subquery()
    return select(
        table, why.label("reason"), version_of("credit_note", table.c.id).label("version")
    )


def lines(connection: Connection, credit_note_id: UUID) -> list[dict[str, Any]]:
    """Return what a credit note takes back, with what it is called and its VAT, in order."""
    line, sold = line_table.c, line_items.table.c
    amounts = (line.line_item_id, line.net_ore, line.vat_ore, line.gross_ore)
    query = (
        select(*amounts, sold.description, sold.vat_type, sold.vat_rate_bp, sold.delivered_on)
        .join(line_items.table, sold.id == line.line_item_id)
        .where(line.credit_note_id == str(credit_note_id))
        .order_by(line.position)
    )
    return [dict(each) for each in connection.execute(query).mappings()]
