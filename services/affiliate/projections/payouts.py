"""`payout`: one row a payout. Where the money goes is kept apart and shown to who sends it."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Date,
    DateTime,
    Index,
    Table,
    Text,
    insert,
    select,
    update,
)

from affiliate.domain.payout_messages import (
    PayoutApproved,
    PayoutCancelled,
    PayoutConfirmed,
    PayoutCreated,
    PayoutFailed,
)
from affiliate.tables import metadata
from chassis.asked import Listing, Page
from chassis.errors import NotFound
from chassis.personal import PRIVATE, personal, recall_optional
from chassis.unit.pages import page
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded, version_of

table = Table(
    "payout",
    metadata,
    Column("id", Text, primary_key=True),
    Column("affiliate_workspace_id", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="created"),
    Column("cutoff", Date, nullable=False),  # in Oslo, inclusive
    Column("amount_ore", BigInteger, nullable=False),  # net of VAT
    Column("vat_ore", BigInteger, nullable=False),
    Column("paid_ore", BigInteger),
    Column("organization_number", Text, nullable=False, info=PRIVATE),
    Column("vat_registered", Boolean, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("approved_by", Text),
    Column("approved_at", DateTime(timezone=True)),
    Column("reference", Text),
    Column("paid_on", Date),
    Column("supplier_invoice_number", Text),
    Column("reason", Text, info=PRIVATE),  # why it failed or was cancelled
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    CheckConstraint(
        "state in ('created', 'approved', 'confirmed', 'failed', 'cancelled')", name="payout_state"
    ),
    Index("payout_created", "created_at", "id"),
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row."""
    id, at = recorded.subject, recorded.recorded_at
    this = update(table).where(table.c.id == str(id))
    match recorded.event:
        case PayoutCreated() as event:
            yield insert(table).values(
                id=id,
                affiliate_workspace_id=event.affiliate_workspace_id,
                cutoff=event.cutoff,
                amount_ore=event.amount_ore,
                vat_ore=event.vat_ore,
                organization_number=event.organization_number,
                vat_registered=event.vat_registered,
                created_by=event.created_by,
                created_at=at,
                updated_at=at,
            )
        case PayoutApproved(approved_by=approved_by):
            yield this.values(
                state="approved", approved_by=approved_by, approved_at=at, updated_at=at
            )
        case PayoutConfirmed() as event:
            yield this.values(
                state="confirmed",
                reference=event.reference,
                paid_on=event.paid_on,
                supplier_invoice_number=event.supplier_invoice_number,
                paid_ore=event.paid_ore,
                updated_at=at,
            )
        case PayoutFailed() | PayoutCancelled() as event:
            state = "failed" if isinstance(event, PayoutFailed) else "cancelled"
            yield this.values(state=state, reason=recall_optional(id, "reason"), updated_at=at)


projection = Projection(table=table, project=project)


def listed(
    connection: Connection, affiliate_id: UUID | None, state: str | None, asked: Listing[Any]
) -> Page[dict[str, Any]]:
    """Return a page of payouts: of one affiliate or of all."""
    query = select(table, version_of("payout", table.c.id).label("version"))
    wanted = {"affiliate_workspace_id": affiliate_id, "state": state}
    return page(connection, table, query, wanted, asked)


def get(connection: Connection, payout_id: UUID) -> dict[str, Any]:
    """Return a payout's row. Raises `NotFound`."""
    query = select(table, version_of("payout", table.c.id).label("version"))
    found = connection.execute(query.where(table.c.id == str(payout_id))).mappings().one_or_none()
    if found is None:
        raise NotFound("affiliate.payout_not_found", "no such payout")
    return dict(found)


def named_payee(connection: Connection, payout_id: UUID) -> dict[str, Any]:
    """Return to whom a payout goes, as it was when the payout was created."""
    fields = ("legal_name", "account", "invoice_email")
    kept = select(*(recall_optional(payout_id, field).label(field) for field in fields))
    return dict(connection.execute(kept).mappings().one())


def payee(connection: Connection, workspace_id: UUID) -> Mapping[str, str]:
    """Return the kept texts of where a workspace's earnings go, by field."""
    rows = select(personal.c.field, personal.c.value).where(personal.c.row_id == str(workspace_id))
    return {row.field: row.value for row in connection.execute(rows)}
