"""The projections and the kept tables of billing."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "buyer",
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("legal_name", sa.Text(), nullable=False),
        sa.Column("organization_number", sa.Text(), nullable=False),
        sa.Column(
            "billing_address",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
        ),
        sa.Column("invoice_email", sa.Text(), nullable=True),
        sa.Column("invoice_reference", sa.Text(), nullable=True),
        sa.Column("retention_until", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("document_id"),
    )
    op.create_table(
        "invoice",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("fiken_invoice_id", sa.BigInteger(), nullable=True),
        sa.Column("fiken_invoice_number", sa.Text(), nullable=True),
        sa.Column("fiken_contact_id", sa.BigInteger(), nullable=True),
        sa.Column("total_amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), server_default="NOK", nullable=False),
        sa.Column("status", sa.Text(), server_default="draft", nullable=False),
        sa.Column("issue_date", sa.Date(), nullable=True),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("series", sa.Text(), nullable=True),
        sa.Column("invoice_number", sa.BigInteger(), nullable=True),
        sa.Column("kid", sa.Text(), nullable=True),
        sa.Column("net_ore", sa.BigInteger(), nullable=False),
        sa.Column("vat_ore", sa.BigInteger(), nullable=False),
        sa.Column("gross_ore", sa.BigInteger(), nullable=False),
        sa.Column("paid_ore", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("document_ref", sa.Text(), nullable=True),
        sa.Column("document_sha256", sa.Text(), nullable=True),
        sa.Column("document_size", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state in ('Draft', 'Issued', 'PartPaid', 'Paid')", name="invoice_state"
        ),
        sa.CheckConstraint(
            "status in ('draft', 'sent', 'paid', 'cancelled', 'overdue')", name="invoice_status"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("invoice_series_number", "invoice", ["series", "invoice_number"], unique=True)
    op.create_index("invoice_workspace", "invoice", ["workspace_id"], unique=False)
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
        sa.CheckConstraint(
            "status in ('pending', 'invoiced', 'cancelled')", name="invoice_line_item_status"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("invoice_line_item_invoice", "invoice_line_item", ["invoice_id"], unique=False)
    op.create_index(
        "invoice_line_item_workspace", "invoice_line_item", ["workspace_id"], unique=False
    )
    op.create_table(
        "invoice_payment",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("invoice_id", sa.Text(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "invoice_payment_external", "invoice_payment", ["source", "external_id"], unique=True
    )
    op.create_index("invoice_payment_invoice", "invoice_payment", ["invoice_id"], unique=False)
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
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=False),
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
