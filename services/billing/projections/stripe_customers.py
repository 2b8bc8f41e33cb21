"""`stripe_customer`: stands as the seed has it; nobody pays by card yet."""

from sqlalchemy import Column, DateTime, Index, Table, Text

from billing.tables import metadata

table = Table(
    "stripe_customer",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workspace_id", Text, nullable=False),
    Column("stripe_customer_id", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Index("stripe_customer_workspace", "workspace_id", unique=True),
    Index("stripe_customer_stripe_id", "stripe_customer_id", unique=True),
)
