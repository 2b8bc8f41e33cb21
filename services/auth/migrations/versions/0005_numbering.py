"""A turn of the numbering costs what it takes, not what was taken before."""

from alembic import op

from chassis.database import schema_numbering

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Take what waits by its place."""
    schema_numbering.version_4(op)
