"""Films, their pieces, and what a video has cost; a row of a film stands for its wanted pieces."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create and widen them."""
    op.create_table(
        "film",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("video_project_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("begun", postgresql.JSONB(), nullable=False),
        sa.Column("pieces", postgresql.JSONB(), nullable=False),
        sa.Column("dropped", postgresql.JSONB(), nullable=False),
        sa.Column("file", postgresql.JSONB(), nullable=True),
        sa.Column("music", postgresql.JSONB(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("cost_micro_usd", sa.BigInteger(), nullable=False),
        sa.Column("percent_floor", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status in ('working', 'joining', 'made', 'broken', 'stopped')", name="film_status"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "piece",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("cost_micro_usd", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('clip', 'transition')", name="piece_kind"),
        sa.CheckConstraint("state in ('wanted', 'made')", name="piece_state"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.drop_table("wanted_piece")
    op.add_column(
        "video_project",
        sa.Column("cost_micro_usd", sa.BigInteger(), server_default="0", nullable=False),
    )
    op.add_column(
        "video_project",
        sa.Column("sources", postgresql.JSONB(), server_default="{}", nullable=False),
    )
    for name, (table, *columns) in INDEXES.items():
        op.create_index(name, table, columns, unique=False)


INDEXES = {
    "film_video": ("film", "video_project_id", "revision"),
    "film_workspace": ("film", "workspace_id"),
    "piece_workspace": ("piece", "workspace_id"),
    "video_clip_image": ("video_clip", "image_generation_id"),
    "video_clip_end_image": ("video_clip", "end_image_generation_id"),
    "music_track_name": ("music_track", "name", "id"),
}
