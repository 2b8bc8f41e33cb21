"""What waits for its position is noted once an append."""

from alembic import op

from chassis.database import schema_pending

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Note it so."""
    schema_pending.version_3(op)
