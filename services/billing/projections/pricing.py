"""`workspace_pricing`: stands as the seed has it; every workspace pays the default yet."""

from sqlalchemy import BigInteger, Column, DateTime, Index, Table, Text

from billing.tables import metadata

table = Table(
    "workspace_pricing",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workspace_id", Text, nullable=False),
    Column("image_project_price_ore", BigInteger),
    Column("video_project_price_ore", BigInteger),
    Column("fiken_contact_id", BigInteger),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Index("workspace_pricing_workspace", "workspace_id", unique=True),
)
