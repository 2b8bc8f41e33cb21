"""Where a Checkout is paid, and who would be its buyer."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create and alter them."""
    op.create_table(
        "checkout",
        sa.Column("payment_id", sa.Text(), nullable=False),
        sa.Column("attempt", sa.BigInteger(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("payment_id"),
    )
    op.alter_column("buyer", "organization_number", existing_type=sa.Text(), nullable=True)
    op.alter_column("buyer", "retention_until", existing_type=sa.Date(), nullable=True)
    op.add_column("buyer", sa.Column("unpaid_since", sa.DateTime(timezone=True), nullable=True))
