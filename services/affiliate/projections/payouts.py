"""`payout`: one row a payout. Where the money goes is kept apart and shown to who sends it."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Table,
    Text,
    Update,
    insert,
    update,
)

from affiliate.domain.payout_messages import (
    PayoutApproved,
    PayoutCancelled,
    PayoutConfirmed,
    PayoutCreated,
    PayoutFailed,
    PayoutNoteStored,
)
from affiliate.tables import metadata
from chassis.personal import PRIVATE, recall_optional
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded

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
    Column("note_ref", Text),  # blob:<key> of its settlement note
    Column("note_sha256", Text),
    Column("note_size", BigInteger),  # bytes
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
            yield _this(id).values(
                state="approved", approved_by=approved_by, approved_at=at, updated_at=at
            )
        case PayoutNoteStored() as event:
            yield _this(id).values(
                note_ref=event.ref, note_sha256=event.sha256, note_size=event.size, updated_at=at
            )
        case PayoutConfirmed() as event:
            yield _this(id).values(
                state="confirmed",
                reference=event.reference,
                paid_on=event.paid_on,
                supplier_invoice_number=event.supplier_invoice_number,
                paid_ore=event.paid_ore,
                updated_at=at,
            )
        case PayoutFailed() | PayoutCancelled() as event:
            state = "failed" if isinstance(event, PayoutFailed) else "cancelled"
            yield _this(id).values(state=state, reason=recall_optional(id, "reason"), updated_at=at)


def _this(id: UUID) -> Update:
    return update(table).where(table.c.id == str(id))


projection = Projection(table=table, project=project)
