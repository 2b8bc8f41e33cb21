"""What each call of a provider costs which project: deleted photographs were paid for, too."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

TABLE = "provider_call"


def upgrade() -> None:
    """Widen the table; of a call that is over nothing is looked at any more."""
    columns = (
        sa.Column("project_id", sa.Text(), server_default="", nullable=False),
        sa.Column("price_micro_usd", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("cost_micro_usd", sa.BigInteger(), nullable=True),
    )
    for column in columns:
        op.add_column(TABLE, column)
    op.create_index("provider_call_project", TABLE, ["project_id"], unique=False)
    op.execute("update provider_call set cost_micro_usd = 0 where answered_at is not null")
