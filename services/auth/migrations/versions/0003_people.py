"""Invitations, second factors, attempts, devices, erasures; what a mailed token is for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

PURPOSES = (
    "verify_email",
    "email_code",
    "change_email",
    "reset_password",
    "set_password",
    "invitation",
)


def upgrade() -> None:
    """Create the tables, and what the projections show beside."""
    _kept()
    _projected()
    op.add_column("verification", sa.Column("purpose", sa.Text(), nullable=True))
    op.add_column("verification", sa.Column("used_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "verification", sa.Column("tries", sa.Integer(), server_default="0", nullable=False)
    )
    op.execute(  # a workspace's texts are its own: forgetting its founder leaves them
        "update personal set subject_id = row_id"
        " where subject_id <> row_id and exists (select from workspace w where w.id = row_id)"
    )
    op.execute("update verification set purpose = 'verify_email'")
    op.alter_column("verification", "purpose", nullable=False)
    op.create_check_constraint("verification_purpose", "verification", f"purpose in {PURPOSES}")
    op.create_index("verification_subject", "verification", ["subject_id", "purpose"], unique=False)


def _kept() -> None:
    op.create_table(
        "totp",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("sealed_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("user_id"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("user_id", "hash"),
    )
    op.create_table(
        "attempt",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("attempt_last_at", "attempt", ["last_at"], unique=False)
    op.create_table(
        "refusal",
        sa.Column("minute", sa.DateTime(timezone=True), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("minute", "method", "user_id", "code"),
    )
    op.create_index("refusal_user_id", "refusal", ["user_id"], unique=False)
    op.create_table(
        "seen_device",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "hash"),
    )
    op.create_index("seen_device_last_at", "seen_device", ["last_at"], unique=False)


def _projected() -> None:
    op.create_index("session_impersonated_by", "session", ["impersonated_by"], unique=False)
    op.create_table(
        "erasure",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("erasure_user_id", "erasure", ["user_id"], unique=True)
    op.create_table(
        "erasure_acknowledgement",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "erasure_acknowledgement_user_id", "erasure_acknowledgement", ["user_id"], unique=False
    )
    op.add_column(
        "user", sa.Column("totp_enabled", sa.Boolean(), server_default="false", nullable=False)
    )
    op.add_column("workspace", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("workspace", sa.Column("founded_by", sa.Text(), nullable=True))
    op.execute(
        "update workspace set founded_by = data->>'owner_user_id'"
        " from events where stream_id = 'workspace-' || workspace.id and version = 1"
    )
    op.create_index("workspace_founded_by", "workspace", ["founded_by"], unique=False)
    op.add_column(  # nobody was invited before
        "invitation", sa.Column("state", sa.Text(), server_default="pending", nullable=False)
    )
    op.add_column("invitation", sa.Column("email_folded", sa.Text(), nullable=False))
    op.add_column("invitation", sa.Column("invited_by", sa.Text(), nullable=False))
    op.add_column("invitation", sa.Column("accepted_by", sa.Text(), nullable=True))
    op.create_index("invitation_accepted_by", "invitation", ["accepted_by"], unique=False)
    op.create_check_constraint(
        "invitation_state",
        "invitation",
        "state in ('pending', 'accepted', 'declined', 'cancelled')",
    )
    op.create_index("invitation_email_folded", "invitation", ["email_folded"], unique=False)
    op.create_index("invitation_workspace_id", "invitation", ["workspace_id"], unique=False)
