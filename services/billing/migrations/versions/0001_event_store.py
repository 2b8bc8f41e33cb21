"""The event store and its companions."""

from alembic import op

from chassis.database import schema

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create them."""
    schema.version_1(op, "billing")
