"""The projections of affiliate."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "affiliate_earning",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("affiliate_workspace_id", sa.Text(), nullable=False),
        sa.Column("affiliate_relationship_id", sa.Text(), nullable=False),
        sa.Column("invoice_id", sa.Text(), nullable=False),
        sa.Column("invoice_amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("commission_percent", sa.Integer(), nullable=False),
        sa.Column("earning_amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("paid_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_out_reference", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), server_default="available", nullable=False),
        sa.Column("available_on", sa.Date(), nullable=False),
        sa.Column("payout_id", sa.Text(), nullable=True),
        sa.Column("referred_workspace_id", sa.Text(), nullable=False),
        sa.Column("invoice_series", sa.Text(), nullable=False),
        sa.Column("invoice_number", sa.Integer(), nullable=False),
        sa.Column("invoice_net_ore", sa.BigInteger(), nullable=False),
        sa.Column("credited_net_ore", sa.BigInteger(), nullable=False),
        sa.Column("corrects", sa.Text(), nullable=True),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('available', 'on_hold', 'reserved', 'paid_out', 'reversed', 'rejected')",
            name="affiliate_earning_state",
        ),
        sa.CheckConstraint(
            "status in ('pending', 'paid_out', 'reversed')", name="affiliate_earning_status"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "affiliate_earning_affiliate",
        "affiliate_earning",
        ["affiliate_workspace_id", "state", "available_on"],
        unique=False,
    )
    op.create_index(
        "affiliate_earning_created", "affiliate_earning", ["created_at", "id"], unique=False
    )
    op.create_index("affiliate_earning_invoice", "affiliate_earning", ["invoice_id"], unique=False)
    op.create_index("affiliate_earning_payout", "affiliate_earning", ["payout_id"], unique=False)
    op.create_table(
        "affiliate_relationship",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("affiliate_workspace_id", sa.Text(), nullable=False),
        sa.Column("referred_workspace_id", sa.Text(), nullable=False),
        sa.Column("commission_percent", sa.Integer(), server_default="20", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("percents", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "affiliate_relationship_active",
        "affiliate_relationship",
        ["referred_workspace_id"],
        unique=True,
        postgresql_where=sa.text("is_active"),
    )
    op.create_index(
        "affiliate_relationship_created",
        "affiliate_relationship",
        ["created_at", "id"],
        unique=False,
    )
    op.create_table(
        "paid_invoice",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("invoice_number", sa.Integer(), nullable=True),
        sa.Column("net_ore", sa.BigInteger(), nullable=True),
        sa.Column("credited_net_ore", sa.BigInteger(), nullable=False),
        sa.Column("settlement", sa.Integer(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("relationship_id", sa.Text(), nullable=True),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("skipped", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("paid_invoice_paid", "paid_invoice", ["paid_at"], unique=False)
    op.create_table(
        "payout",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("affiliate_workspace_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="created", nullable=False),
        sa.Column("cutoff", sa.Date(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("vat_ore", sa.BigInteger(), nullable=False),
        sa.Column("paid_ore", sa.BigInteger(), nullable=True),
        sa.Column("organization_number", sa.Text(), nullable=False),
        sa.Column("vat_registered", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("supplier_invoice_number", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("note_ref", sa.Text(), nullable=True),
        sa.Column("note_sha256", sa.Text(), nullable=True),
        sa.Column("note_size", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state in ('created', 'approved', 'confirmed', 'failed', 'cancelled')",
            name="payout_state",
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("payout_created", "payout", ["created_at", "id"], unique=False)
