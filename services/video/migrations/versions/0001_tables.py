"""The projections of video."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "music_track",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("artist", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("mood", sa.Text(), nullable=True),
        sa.Column("audio_url", sa.Text(), nullable=False),
        sa.Column("duration_seconds", sa.Integer(), nullable=False),
        sa.Column("bpm", sa.Integer(), nullable=True),
        sa.Column("preview_url", sa.Text(), nullable=True),
        sa.Column("waveform_url", sa.Text(), nullable=True),
        sa.Column("license_type", sa.Text(), server_default="royalty-free", nullable=False),
        sa.Column("attribution", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "category in ('modern', 'classical', 'upbeat', 'calm', 'cinematic')",
            name="music_track_category",
        ),
        sa.CheckConstraint(
            "mood in ('energetic', 'relaxing', 'professional', 'warm', 'elegant')",
            name="music_track_mood",
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "video_clip",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("video_project_id", sa.Text(), nullable=False),
        sa.Column("source_image_url", sa.Text(), nullable=False),
        sa.Column("image_generation_id", sa.Text(), nullable=True),
        sa.Column("end_image_url", sa.Text(), nullable=True),
        sa.Column("end_image_generation_id", sa.Text(), nullable=True),
        sa.Column("room_type", sa.Text(), nullable=False),
        sa.Column("room_label", sa.Text(), nullable=True),
        sa.Column("sequence_order", sa.Integer(), nullable=False),
        sa.Column("motion_prompt", sa.Text(), nullable=True),
        sa.Column("transition_type", sa.Text(), server_default="seamless", nullable=False),
        sa.Column("transition_clip_url", sa.Text(), nullable=True),
        sa.Column("clip_url", sa.Text(), nullable=True),
        sa.Column("duration_seconds", sa.Integer(), server_default="5", nullable=False),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("metadata", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status in ('pending', 'processing', 'completed', 'failed')", name="video_clip_status"
        ),
        sa.CheckConstraint(
            "transition_type in ('cut', 'seamless')", name="video_clip_transition_type"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "video_clip_order", "video_clip", ["video_project_id", "sequence_order"], unique=False
    )
    op.create_table(
        "video_project",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("aspect_ratio", sa.Text(), server_default="16:9", nullable=False),
        sa.Column("music_track_id", sa.Text(), nullable=True),
        sa.Column("music_volume", sa.Integer(), server_default="50", nullable=False),
        sa.Column("generate_native_audio", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("final_video_url", sa.Text(), nullable=True),
        sa.Column("thumbnail_url", sa.Text(), nullable=True),
        sa.Column("duration_seconds", sa.Integer(), nullable=True),
        sa.Column("status", sa.Text(), server_default="draft", nullable=False),
        sa.Column("clip_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("completed_clip_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("estimated_cost", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("actual_cost", sa.BigInteger(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("trigger_run_id", sa.Text(), nullable=True),
        sa.Column("trigger_access_token", sa.Text(), nullable=True),
        sa.Column("metadata", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("clearance", sa.Text(), server_default="none", nullable=False),
        sa.CheckConstraint(
            "aspect_ratio in ('16:9', '9:16', '1:1')", name="video_project_aspect_ratio"
        ),
        sa.CheckConstraint(
            "clearance in ('none', 'requested', 'cleared', 'payment_required')",
            name="video_project_clearance",
        ),
        sa.CheckConstraint(
            "status in ('draft', 'generating', 'compiling', 'completed', 'failed')",
            name="video_project_status",
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("video_project_created", "video_project", ["created_at", "id"], unique=False)
    op.create_index("video_project_run", "video_project", ["trigger_run_id"], unique=False)
    op.create_index(
        "video_project_workspace",
        "video_project",
        ["workspace_id", "created_at", "id"],
        unique=False,
    )
    op.create_table(
        "wanted_piece",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("video_project_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("piece_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ended", sa.Boolean(), server_default="false", nullable=False),
        sa.CheckConstraint("kind in ('clip', 'transition')", name="wanted_piece_kind"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "wanted_piece_video", "wanted_piece", ["video_project_id", "revision"], unique=False
    )
