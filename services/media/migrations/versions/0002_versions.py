"""Versions of a photograph: which stands for it, what it cost, who may see the original."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TABLE = "image_generation"
INDEXES = {
    "image_generation_versions": ["parent_id", "version"],
    "image_generation_newest": ["workspace_id", "created_at", "id"],
    "image_generation_published": ["published_token_sha256"],
}


def upgrade() -> None:
    """Widen the table."""
    columns = (
        sa.Column("is_current", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("file_name", sa.Text(), server_default="[erased]", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cost_micro_usd", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("original_sha256", sa.Text(), server_default="", nullable=False),
        sa.Column("published_token_sha256", sa.Text(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("publications", sa.Integer(), server_default="0", nullable=False),
    )
    for column in columns:
        op.add_column(TABLE, column)
    op.create_check_constraint("image_generation_kind", TABLE, "kind in ('edit', 'regenerate')")
    for name, of in INDEXES.items():
        op.create_index(name, TABLE, of, unique=False)
