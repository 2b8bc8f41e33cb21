"""The table `project_payment`, of which `payments` fills the rows."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from billing.tables import metadata

_STATUS = "in ('pending', 'completed', 'failed', 'refunded')"

table = Table(
    "project_payment",
    metadata,
    Column("id", Text, primary_key=True),
    Column("project_id", Text, nullable=False),  # the target's id, of either kind
    Column("workspace_id", Text, nullable=False),
    Column("payment_method", Text, nullable=False),
    Column("stripe_checkout_session_id", Text),  # the last one
    Column("stripe_payment_intent_id", Text),  # whose money was kept last
    Column("invoice_line_item_id", Text),
    Column("amount_cents", BigInteger, nullable=False),  # net, in minor units of `currency`
    Column("currency", Text, nullable=False),
    Column("status", Text, nullable=False, server_default="pending"),
    Column("paid_at", DateTime(timezone=True)),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    # beyond the seed; what is in øre includes VAT
    Column("target_kind", Text, nullable=False),
    Column("cleared_at", DateTime(timezone=True)),
    Column("expires_at", DateTime(timezone=True)),  # of the Checkout that is open
    Column("stage", Text, nullable=False),  # `status`, whatever went back since
    Column("captured_ore", BigInteger, nullable=False, server_default="0"),  # and not lost since
    Column("refunded_ore", BigInteger, nullable=False, server_default="0"),
    Column("disputes", Integer, nullable=False, server_default="0"),  # that are open
    Column("disputed", Boolean, nullable=False, server_default=false()),
    CheckConstraint(
        "payment_method in ('stripe', 'invoice', 'free')", name="project_payment_payment_method"
    ),
    CheckConstraint("currency in ('usd', 'nok')", name="project_payment_currency"),
    CheckConstraint(f"status {_STATUS}", name="project_payment_status"),
    CheckConstraint(f"stage {_STATUS}", name="project_payment_stage"),
    CheckConstraint(
        "target_kind in ('image_project', 'video_project')", name="project_payment_target_kind"
    ),
    # a constraint of the table, so that a rebuild has it while it loads, as the insert needs it
    UniqueConstraint("project_id", name="project_payment_project"),
    Index("project_payment_workspace", "workspace_id"),
    Index("project_payment_intent", "stripe_payment_intent_id"),
)
