"""The projections of media."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

ONE_OF_THE_ROOMS = (
    "room_type in ('living-room', 'kitchen', 'bedroom', 'bathroom', 'toilet', 'hallway', 'office',"
    " 'laundry-room', 'storage-room', 'walk-in-closet', 'sauna', 'gym', 'childrens-room',"
    " 'pool-area', 'dining-room', 'tv-room', 'library', 'hobby-room', 'utility-room', 'pantry',"
    " 'conservatory', 'garage', 'terrace', 'garden', 'landscape', 'exterior', 'other')"
)


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "image_generation",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("original_image_url", sa.Text(), nullable=False),
        sa.Column("result_image_url", sa.Text(), nullable=True),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("metadata", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=True),
        sa.Column("alteration", sa.Text(), server_default="none", nullable=False),
        sa.Column("room_type", sa.Text(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "alteration in ('none', 'technical', 'material')", name="image_generation_alteration"
        ),
        sa.CheckConstraint(ONE_OF_THE_ROOMS, name="image_generation_room_type"),
        sa.CheckConstraint(
            "status in ('pending', 'processing', 'completed', 'failed')",
            name="image_generation_status",
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "image_generation_project",
        "image_generation",
        ["project_id", "created_at", "id"],
        unique=False,
    )
    op.create_table(
        "project",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("style_template_id", sa.Text(), nullable=False),
        sa.Column("room_type", sa.Text(), nullable=True),
        sa.Column("thumbnail_url", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("image_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("completed_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failed_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("clearance", sa.Text(), server_default="none", nullable=False),
        sa.Column("run", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "clearance in ('none', 'requested', 'cleared', 'payment_required')",
            name="project_clearance",
        ),
        sa.CheckConstraint(ONE_OF_THE_ROOMS, name="project_room_type"),
        sa.CheckConstraint(
            "status in ('pending', 'processing', 'completed', 'failed')", name="project_status"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("project_newest", "project", ["workspace_id", "created_at", "id"], unique=False)
    op.create_index("project_status_idx", "project", ["status"], unique=False)
    op.create_index("project_user_idx", "project", ["user_id"], unique=False)
    op.create_index("project_workspace_idx", "project", ["workspace_id"], unique=False)
