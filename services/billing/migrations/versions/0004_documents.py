"""Sales documents: whom they name, what became of them, where the last number was confirmed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"


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
        sa.Column("reason", sa.Text(), nullable=True),
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
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("organization_number", sa.Text(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.Column("missing", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("series", sa.Text(), nullable=True),
        sa.Column("invoice_number", sa.BigInteger(), nullable=True),
        sa.Column("kid", sa.Text(), nullable=True),
        sa.Column("net_ore", sa.BigInteger(), nullable=False),
        sa.Column("vat_ore", sa.BigInteger(), nullable=False),
        sa.Column("gross_ore", sa.BigInteger(), nullable=False),
        sa.Column("paid_ore", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("excess_ore", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("credited_net_ore", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("credited_ore", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("written_off_ore", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("vat_relieved_ore", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("settlements", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("first_paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminders", sa.Integer(), server_default="0", nullable=False),
        sa.Column("delivery", sa.Text(), nullable=True),
        sa.Column("document_ref", sa.Text(), nullable=True),
        sa.Column("document_sha256", sa.Text(), nullable=True),
        sa.Column("document_size", sa.BigInteger(), nullable=True),
        sa.Column("ehf_ref", sa.Text(), nullable=True),
        sa.Column("ehf_sha256", sa.Text(), nullable=True),
        sa.Column("ehf_size", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "delivery in ('pending', 'delivered', 'failed')", name="invoice_delivery"
        ),
        sa.CheckConstraint("kind in ('invoice', 'receipt')", name="invoice_kind"),
        sa.CheckConstraint(
            "state in ('Draft', 'Discarded', 'Issued', 'PartPaid', 'Paid', 'Credited',"
            " 'WrittenOff')",
            name="invoice_state",
        ),
        sa.CheckConstraint(
            "status in ('draft', 'sent', 'paid', 'cancelled', 'overdue')", name="invoice_status"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("invoice_kid", "invoice", ["kid"], unique=False)
    op.create_index("invoice_run", "invoice", ["run_id"], unique=False)
    op.create_index("invoice_series_number", "invoice", ["series", "invoice_number"], unique=True)
    op.create_index("invoice_workspace", "invoice", ["workspace_id"], unique=False)
    op.create_table(
        "invoice_payment",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("invoice_id", sa.Text(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "invoice_payment_external", "invoice_payment", ["source", "external_id"], unique=False
    )
    op.create_index("invoice_payment_invoice", "invoice_payment", ["invoice_id"], unique=False)
    op.create_table(
        "credit_note",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("invoice_id", sa.Text(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("issue_date", sa.Date(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("net_ore", sa.BigInteger(), nullable=False),
        sa.Column("vat_ore", sa.BigInteger(), nullable=False),
        sa.Column("gross_ore", sa.BigInteger(), nullable=False),
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.Column("document_ref", sa.Text(), nullable=True),
        sa.Column("document_sha256", sa.Text(), nullable=True),
        sa.Column("document_size", sa.BigInteger(), nullable=True),
        sa.Column("ehf_ref", sa.Text(), nullable=True),
        sa.Column("ehf_sha256", sa.Text(), nullable=True),
        sa.Column("ehf_size", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "delivery in ('pending', 'delivered', 'failed')", name="credit_note_delivery"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("credit_note_invoice", "credit_note", ["invoice_id"], unique=False)
    op.create_index("credit_note_series_number", "credit_note", ["series", "number"], unique=True)
    op.create_index("credit_note_workspace", "credit_note", ["workspace_id"], unique=False)
    op.create_table(
        "credit_note_line",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("credit_note_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("line_item_id", sa.Text(), nullable=False),
        sa.Column("net_ore", sa.BigInteger(), nullable=False),
        sa.Column("vat_ore", sa.BigInteger(), nullable=False),
        sa.Column("gross_ore", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("credit_note_line_item", "credit_note_line", ["line_item_id"], unique=False)
    op.create_index("credit_note_line_note", "credit_note_line", ["credit_note_id"], unique=False)
    op.create_table(
        "invoicing_run",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("issue", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state in ('running', 'done')", name="invoicing_run_state"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "number_confirmed",
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("series"),
    )
    op.execute(_NONE_TAKEN)


# a database of which the last number is known, as none was taken: here, and in no restored one
_NONE_TAKEN = """
insert into number_confirmed (series, place, confirmed_at)
select 'sales', concat_ws('/',
    (select system_identifier from pg_control_system()),
    left(pg_walfile_name(pg_current_wal_insert_lsn()), 8),
    (select oid from pg_database where datname = current_database()),
    'events'::regclass::oid), now()
where not exists (select from events where type = 'NumberTaken')"""
