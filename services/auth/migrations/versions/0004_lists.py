"""What system admins look for: who did what, people and workspaces, the newest first."""

from alembic import op

revision = "0004"
down_revision = "0003"

# As `auth.trail` asks: the words are the same, or PostgreSQL does not know them again.
TRAIL = {
    "events_behind": "split_part(coalesce(meta->>'on_behalf_of', meta->>'actor'), ' as ', 1)",
    "events_about": "coalesce(data->>'user_id', outbox->'data'->>'user_id')",
    "events_subject": "meta->>'subject'",
    "events_workspace": "meta->>'workspace'",
}


def upgrade() -> None:
    """Create the indexes."""
    op.create_index("events_recorded_at", "events", ["recorded_at", "seq"])
    for name, asked in TRAIL.items():  # what it is not said of is in none of them
        op.execute(
            f"create index {name} on events (({asked}), recorded_at, seq) where {asked} is not null"
        )
    for table in ("user", "workspace"):
        op.create_index(f"{table}_created_at", table, ["created_at", "id"], unique=False)
