"""What is sold: prices, clearances, lines; no step leads here from 0.1's tables."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = None


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "workspace_pricing",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("image_project_price_ore", sa.BigInteger(), nullable=True),
        sa.Column("video_project_price_ore", sa.BigInteger(), nullable=True),
        sa.Column("fiken_contact_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "workspace_pricing_workspace", "workspace_pricing", ["workspace_id"], unique=True
    )
    op.create_table(
        "price_history",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("target_kind", sa.Text(), nullable=False),
        sa.Column("price_version", sa.Integer(), nullable=False),
        sa.Column("price_ore", sa.BigInteger(), nullable=True),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "price_history_version",
        "price_history",
        ["workspace_id", "target_kind", "price_version"],
        unique=True,
    )
    op.create_table(
        "project_payment",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("payment_method", sa.Text(), nullable=False),
        sa.Column("stripe_checkout_session_id", sa.Text(), nullable=True),
        sa.Column("stripe_payment_intent_id", sa.Text(), nullable=True),
        sa.Column("invoice_line_item_id", sa.Text(), nullable=True),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("target_kind", sa.Text(), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refunded_ore", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("disputed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("currency in ('usd', 'nok')", name="project_payment_currency"),
        sa.CheckConstraint(
            "payment_method in ('stripe', 'invoice', 'free')", name="project_payment_payment_method"
        ),
        sa.CheckConstraint(
            "status in ('pending', 'completed', 'failed', 'refunded')",
            name="project_payment_status",
        ),
        sa.CheckConstraint(
            "target_kind in ('image_project', 'video_project')", name="project_payment_target_kind"
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("project_id", name="project_payment_project"),
    )
    op.create_index("project_payment_workspace", "project_payment", ["workspace_id"], unique=False)
    op.create_table(
        "invoice_line_item",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=True),
        sa.Column("video_project_id", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), server_default="1", nullable=False),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("invoice_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("target_id", sa.Text(), nullable=False),
        sa.Column("net_ore", sa.BigInteger(), nullable=False),
        sa.Column("vat_ore", sa.BigInteger(), nullable=False),
        sa.Column("gross_ore", sa.BigInteger(), nullable=False),
        sa.Column("vat_rate_bp", sa.Integer(), nullable=False),
        sa.Column("vat_type", sa.Text(), nullable=False),
        sa.Column("price_version", sa.Integer(), nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=False),
        sa.Column("rail", sa.Text(), nullable=False),
        sa.Column("organization_number", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.CheckConstraint("rail in ('invoice', 'card')", name="invoice_line_item_rail"),
        sa.CheckConstraint(
            "status in ('pending', 'invoiced', 'cancelled')", name="invoice_line_item_status"
        ),
        sa.CheckConstraint("length(description) <= 200", name="invoice_line_item_description"),
        sa.CheckConstraint(
            "project_id is null or video_project_id is null", name="invoice_line_item_one_target"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("invoice_line_item_invoice", "invoice_line_item", ["invoice_id"], unique=False)
    op.create_index(
        "invoice_line_item_workspace", "invoice_line_item", ["workspace_id"], unique=False
    )
    op.create_table(
        "stripe_customer",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("stripe_customer_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "stripe_customer_stripe_id", "stripe_customer", ["stripe_customer_id"], unique=True
    )
    op.create_index("stripe_customer_workspace", "stripe_customer", ["workspace_id"], unique=True)
    op.create_table(
        "stripe_event",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=True),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
