"""`invitation`: stands as the seed has it; nobody is invited yet."""

from sqlalchemy import CheckConstraint, Column, DateTime, Index, Table, Text

from auth.tables import metadata
from chassis.personal import PRIVATE

table = Table(
    "invitation",
    metadata,
    Column("id", Text, primary_key=True),
    Column("email", Text, nullable=False, info=PRIVATE),
    Column("workspace_id", Text, nullable=False),
    Column("role", Text, nullable=False, server_default="member"),
    Column("token", Text, nullable=False, info=PRIVATE),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("accepted_at", DateTime(timezone=True)),
    Column("created_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("role in ('owner', 'admin', 'member')", name="invitation_role"),
    Index("invitation_token", "token", unique=True),
)
