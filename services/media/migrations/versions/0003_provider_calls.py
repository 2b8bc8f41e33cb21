"""The calls of a provider."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

STATES = ("asked", "accepted", "answered", "refused", "unknown", "given_up")


def upgrade() -> None:
    """Create their table."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "provider_call",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("image_id", sa.Text(), nullable=False),
        sa.Column("version_id", sa.Text(), nullable=False),
        sa.Column("retries", sa.Integer(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("status_url", sa.Text(), nullable=True),
        sa.Column("response_url", sa.Text(), nullable=True),
        sa.Column("cancel_url", sa.Text(), nullable=True),
        sa.Column("sent_key", sa.Text(), nullable=False),
        sa.Column("sent_url", sa.Text(), nullable=True),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("accepted_at", moment, nullable=True),
        sa.Column("answered_at", moment, nullable=True),
        sa.Column("deadline_at", moment, nullable=False),
        sa.Column("error_type", sa.Text(), nullable=True),
        sa.CheckConstraint(f"state in {STATES}", name="provider_call_state"),
        sa.PrimaryKeyConstraint("id"),
    )
    indexes = {
        "provider_call_job": (["job_id", "number"], True),
        "provider_call_request": (["request_id"], True),
        "provider_call_version": (["version_id"], False),
        "provider_call_workspace": (["workspace_id"], False),
    }
    for name, (of, unique) in indexes.items():
        op.create_index(name, "provider_call", of, unique=unique)
