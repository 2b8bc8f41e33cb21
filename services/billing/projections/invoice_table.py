"""The table `invoice`, of which `invoices` fills the rows and `invoice_rows` shows them."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    Table,
    Text,
)

from billing.tables import metadata
from chassis.personal import PRIVATE

STATES = ("Draft", "Discarded", "Issued", "PartPaid", "Paid", "Credited", "WrittenOff")

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
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("organization_number", Text, info=PRIVATE),  # that its lines were cleared for
    Column("run_id", Text),
    Column("missing", ARRAY(Text), nullable=False, server_default="{}"),  # why no run issued it
    Column("series", Text),
    Column("invoice_number", BigInteger),
    Column("kid", Text),
    Column("net_ore", BigInteger, nullable=False),
    Column("vat_ore", BigInteger, nullable=False),
    Column("gross_ore", BigInteger, nullable=False),
    Column("paid_ore", BigInteger, nullable=False, server_default="0"),
    Column("excess_ore", BigInteger, nullable=False, server_default="0"),  # left it, paid before
    Column("credited_net_ore", BigInteger, nullable=False, server_default="0"),
    Column("credited_ore", BigInteger, nullable=False, server_default="0"),  # gross
    Column("written_off_ore", BigInteger, nullable=False, server_default="0"),
    Column("vat_relieved_ore", BigInteger, nullable=False, server_default="0"),
    Column("settlements", BigInteger, nullable=False, server_default="0"),
    Column("first_paid_at", DateTime(timezone=True)),  # whatever was reversed since
    Column("reminders", Integer, nullable=False, server_default="0"),  # how many were sent
    Column("delivery", Text),  # pending | delivered | failed; null before the issue
    Column("document_ref", Text),
    Column("document_sha256", Text),
    Column("document_size", BigInteger),
    Column("ehf_ref", Text),
    Column("ehf_sha256", Text),
    Column("ehf_size", BigInteger),
    CheckConstraint(
        "status in ('draft', 'sent', 'paid', 'cancelled', 'overdue')", name="invoice_status"
    ),
    CheckConstraint("kind in ('invoice', 'receipt')", name="invoice_kind"),
    CheckConstraint(f"state in {STATES}", name="invoice_state"),
    CheckConstraint("delivery in ('pending', 'delivered', 'failed')", name="invoice_delivery"),
    Index("invoice_workspace", "workspace_id"),
    Index("invoice_run", "run_id"),
    Index("invoice_kid", "kid"),
    Index("invoice_series_number", "series", "invoice_number", unique=True),
)
