"""What was made of events that their source has forgotten: a step of the frame's schema.

A row is an effect that stands in `events`, with `heard`, what caused it. It is written where a
fork is accepted, and goes as soon as the source tells the same event again. What stays is a
person's to put right; `settled_at` says that somebody has.
"""

from sqlalchemy import Connection, text

_FORGOTTEN = """
create table forgotten (
    consumer text not null,
    source text not null,
    event_id uuid not null,
    type text not null,
    stream_id text not null,
    heard jsonb not null,
    cause uuid not null,
    since timestamptz not null default now(),
    settled_at timestamptz,
    primary key (consumer, source, event_id)
);
create index forgotten_cause on forgotten (consumer, source, cause);
grant select, insert, update, delete on forgotten to {app_role};
"""
# Read with the cursor, which is held: whoever has heard of no fork asks the table nothing.
_FORKED = "alter table cursors add column forked boolean not null default false"


def make(connection: Connection, roles: str) -> None:
    """Create the table; `consumer` is a group, which stays as its members change."""
    connection.execute(text(_FORGOTTEN.format(app_role=f"{roles}_app")))
    connection.execute(text(_FORKED))
