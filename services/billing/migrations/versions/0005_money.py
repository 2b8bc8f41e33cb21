"""Money that comes and goes, and the journal of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "bank_payment",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("left_ore", sa.BigInteger(), nullable=False),
        sa.Column("invoiced_ore", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("credited_ore", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("reversed_ore", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("kid", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("source in ('bank', 'manual')", name="bank_payment_source"),
        sa.CheckConstraint(
            "state in ('allocated', 'unallocated', 'reversed')", name="bank_payment_state"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("bank_payment_state", "bank_payment", ["state", "created_at"], unique=False)
    op.create_table(
        "workspace_credit",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("balance_ore", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "workspace_credit_entry",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "workspace_credit_entry_reference", "workspace_credit_entry", ["reference"], unique=False
    )
    op.create_index(
        "workspace_credit_entry_workspace",
        "workspace_credit_entry",
        ["workspace_id", "version"],
        unique=False,
    )
    op.create_table(
        "refund",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("rail", sa.Text(), nullable=False),
        sa.Column("of", sa.Text(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("credit_note_id", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("failure_reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state in ('Requested', 'Sent', 'Failed', 'Returned')", name="refund_state"
        ),
        sa.CheckConstraint("amount_ore > 0", name="refund_amount"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("refund_workspace", "refund", ["workspace_id"], unique=False)
    op.create_table(
        "journal_entry",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("value_on", sa.Date(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=True),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("vat_code", sa.Text(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("journal_entry_booked", "journal_entry", ["booked_on"], unique=False)
    op.create_index("journal_entry_event", "journal_entry", ["event_id"], unique=False)
    op.create_table(
        "voucher",
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("event_id"),
    )
    op.create_index("voucher_number", "voucher", ["number"], unique=True)
    op.create_table(
        "journal_export",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("first_voucher", sa.BigInteger(), nullable=True),
        sa.Column("last_voucher", sa.BigInteger(), nullable=True),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("numbers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )
