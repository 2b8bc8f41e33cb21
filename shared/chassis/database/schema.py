"""The tables every service has, and who may do what to them: the frame's first step of schema.

events     the truth, append-only            pending   committed, without a position yet
positions  the order in which events are told          relay     how far RabbitMQ has been told
commands   stored replies                    cursors   how far each source has been heard
jobs       work outside transactions         personal  names, e-mails, addresses: forgettable
parked     events that could not be taken    leases    who does what only one may do
revoked    whose access tokens are refused   audit     what operators did by hand

Frozen once it is released: what comes later is a step of its own (`schema_steps`).
"""

from sqlalchemy import Connection, text

from chassis.database import schema_functions

NONE_TOLD = "00000000-0000-0000-0000-000000000000"  # what the first told event names as previous

# What waits for its position is noted once an append, `pending.seq` being the last of its `seqs`:
# a row an event, grouped by transaction, would make each numbering read all that waits.
_EVENTS = """
create table events (
    seq bigint generated always as identity primary key,
    event_id uuid not null unique,
    stream_id text not null,
    version int not null check (version > 0),
    type text not null,
    schema_version int not null,
    data jsonb not null,
    meta jsonb not null,
    outbox jsonb,
    recorded_at timestamptz not null,
    unique (stream_id, version)
);
create table pending (
    seq bigint primary key,
    seqs bigint[] not null
);
create table positions (
    position bigint primary key,
    seq bigint not null unique,
    previous uuid
);
create index positions_told on positions (position) where previous is not null;
create table relay (
    name text primary key,
    position bigint not null
);
create table commands (
    id uuid primary key,
    method text not null,
    caller text not null,
    body_sha256 text not null,
    reply jsonb not null,
    recorded_at timestamptz not null
);
create index commands_recorded_at on commands (recorded_at);
create table personal (
    row_id text not null,
    field text not null,
    subject_id text not null,
    value text not null,
    primary key (row_id, field)
);
create index personal_subject on personal (subject_id);
"""

_HEARING = """
create table cursors (
    consumer text not null,
    source text not null,
    position bigint not null,
    event_id uuid not null,
    tries int not null default 0,
    checked_at timestamptz,
    stopped jsonb,
    primary key (consumer, source)
);
create table parked (
    consumer text not null,
    source text not null,
    position bigint not null,
    stream_id text not null,
    event jsonb not null,
    error jsonb,
    attempts int not null default 0,
    first_seen timestamptz not null default now(),
    dead boolean not null default false,
    primary key (consumer, source, position)
);
create index parked_stream on parked (consumer, source, stream_id, position);
create table revoked (
    kind text not null check (kind in ('session', 'user', 'workspace')),
    id text not null,
    not_before timestamptz not null,
    primary key (kind, id)
);
"""

_WORK = """
create table jobs (
    id uuid primary key,
    kind text not null,
    subject text not null,
    workspace_id text,
    args jsonb not null,
    meta jsonb not null,
    run_at timestamptz not null,
    claims int not null default 0,
    failures int not null default 0,
    progress jsonb,
    state text not null default 'waiting'
        check (state in ('waiting', 'claimed', 'done', 'cancelled', 'dead')),
    error text
);
create index jobs_due on jobs (run_at) where state in ('waiting', 'claimed');
create index jobs_subject on jobs (subject);
create index jobs_dead on jobs (kind) where state = 'dead';
create table leases (
    name text primary key,
    holder text not null,
    until timestamptz not null
);
create table audit (
    id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    who text not null,
    did text not null,
    details jsonb not null
);
"""

# The default is for the tables that come after these: the service's own, and rebuilt ones.
_RIGHTS = """
alter default privileges in schema public
    grant select, insert, update, delete on tables to {app_role};
grant usage on schema public to {app_role};
grant select, insert on events, positions, audit to {app_role};
grant select, insert, delete on pending to {app_role};
grant select, insert, update, delete
    on relay, cursors, commands, jobs, personal, leases, parked, revoked to {app_role};
"""


def make(connection: Connection, roles: str) -> None:
    """Create the event store and its companions; the app role `<roles>_app` must exist."""
    for made in (_EVENTS, _HEARING, _WORK, *schema_functions.ALL):
        connection.execute(text(made))
    connection.execute(text(_RIGHTS.format(app_role=f"{roles}_app")))
