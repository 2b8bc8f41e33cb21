"""`music_track`: stands as the seed has it; no track ships yet."""

from sqlalchemy import Boolean, CheckConstraint, Column, DateTime, Integer, Table, Text

from video.tables import metadata

table = Table(
    "music_track",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("artist", Text),
    Column("category", Text, nullable=False),
    Column("mood", Text),
    Column("audio_url", Text, nullable=False),
    Column("duration_seconds", Integer, nullable=False),
    Column("bpm", Integer),
    Column("preview_url", Text),
    Column("waveform_url", Text),
    Column("license_type", Text, nullable=False, server_default="royalty-free"),
    Column("attribution", Text),
    Column("is_active", Boolean, nullable=False, server_default="true"),
    Column("created_at", DateTime(timezone=True), nullable=False),
    CheckConstraint(
        "category in ('modern', 'classical', 'upbeat', 'calm', 'cinematic')",
        name="music_track_category",
    ),
    CheckConstraint(
        "mood in ('energetic', 'relaxing', 'professional', 'warm', 'elegant')",
        name="music_track_mood",
    ),
)
