"""What became of each of Stripe's events."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Alter it; what was kept before was applied to nothing."""
    outcome = sa.Column("outcome", sa.Text(), server_default="ignored", nullable=False)
    op.add_column("stripe_event", outcome)
    op.alter_column("stripe_event", "outcome", server_default=None)
    op.create_check_constraint(
        "stripe_event_outcome",
        "stripe_event",
        "outcome in ('applied', 'ignored', 'asked', 'unknown', 'other_currency')",
    )
