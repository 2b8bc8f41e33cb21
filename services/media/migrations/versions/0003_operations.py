"""What several processes at work on one database need."""

from alembic import op

from chassis.database import schema

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create it."""
    schema.version_2(op, "media")
