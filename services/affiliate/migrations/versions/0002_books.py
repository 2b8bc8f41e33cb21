"""The books: the journal with its frozen days, statements, what billing says."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create them."""
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
    op.create_index(
        "journal_entry_of",
        "journal_entry",
        ["workspace_id", "account", "booked_on"],
        unique=False,
    )
    op.create_table(
        "statement",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("affiliate_workspace_id", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("opening_ore", sa.BigInteger(), nullable=False),
        sa.Column("earned_ore", sa.BigInteger(), nullable=False),
        sa.Column("reduced_ore", sa.BigInteger(), nullable=False),
        sa.Column("clawed_back_ore", sa.BigInteger(), nullable=False),
        sa.Column("paid_out_ore", sa.BigInteger(), nullable=False),
        sa.Column("closing_ore", sa.BigInteger(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "statement_month", "statement", ["affiliate_workspace_id", "month"], unique=True
    )
    op.create_table(
        "reconciliation",
        sa.Column("date_to", sa.Date(), nullable=False),
        sa.Column("date_from", sa.Date(), nullable=False),
        sa.Column("matched", sa.BigInteger(), nullable=False),
        sa.Column("differences", sa.BigInteger(), nullable=False),
        sa.Column("compared_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("date_to"),
    )
