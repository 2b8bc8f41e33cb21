"""The calls of a provider."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

TABLE = "provider_call"
STATES = ("asked", "accepted", "answered", "refused", "unknown", "given_up")


def upgrade() -> None:
    """Create their table."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        TABLE,
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("retries", sa.Integer(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("price_micro_usd", sa.BigInteger(), nullable=False),
        sa.Column("cost_micro_usd", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("status_url", sa.Text(), nullable=True),
        sa.Column("response_url", sa.Text(), nullable=True),
        sa.Column("cancel_url", sa.Text(), nullable=True),
        sa.Column("sent_prefix", sa.Text(), nullable=False),
        sa.Column("sent_url", sa.Text(), nullable=True),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("accepted_at", moment, nullable=True),
        sa.Column("answered_at", moment, nullable=True),
        sa.Column("deadline_at", moment, nullable=False),
        sa.Column("error_type", sa.Text(), nullable=True),
        sa.CheckConstraint(f"state in {STATES}", name="provider_call_state"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("provider_call_job", TABLE, ["job_id", "number"], unique=True)
    op.create_index("provider_call_request", TABLE, ["request_id"], unique=True)
    for of in ("subject", "workspace_id", "owner_id"):
        op.create_index(f"provider_call_{of.removesuffix('_id')}", TABLE, [of], unique=False)
