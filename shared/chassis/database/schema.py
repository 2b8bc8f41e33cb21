"""The tables every service has, as frozen steps that migrations call; never edited, only added to.

events     the truth, append-only            pending   committed, without a position yet
positions  the order in which events are told          relay     how far RabbitMQ has been told
commands   stored replies                    cursors   how far each source has been heard
jobs       work outside transactions         personal  names, e-mails, addresses: forgettable
parked     events that could not be taken    leases    who does what only one may do
revoked    whose access tokens are refused   audit     what operators did by hand
"""

from alembic.operations import Operations

NONE_TOLD = "00000000-0000-0000-0000-000000000000"  # what the first told event names as previous

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
    tx xid8 not null default pg_current_xact_id()
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
create table cursors (
    consumer text not null,
    source text not null,
    position bigint not null,
    event_id uuid not null,
    primary key (consumer, source)
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
create table personal (
    row_id text not null,
    field text not null,
    subject_id text not null,
    value text not null,
    primary key (row_id, field)
);
create index personal_subject on personal (subject_id);
"""

# A position is given only to rows already committed, so there are no gaps. Version v + 1 is
# written only after v's transaction has committed, so v's transaction has the smaller last seq:
# taking whole transactions in that order keeps every stream in order.
_NUMBERING = """
create function number_events(most int) returns bigint language plpgsql as $$
declare
    last_position bigint;
    last_told uuid;
    numbered bigint;
begin
    if not pg_try_advisory_xact_lock(4242) then
        return -1;
    end if;
    select coalesce(max(position), 0) into last_position from positions;
    select e.event_id into last_told
        from positions p join events e using (seq)
        where p.previous is not null order by p.position desc limit 1;
    with whole as (
        select tx, max(seq) as last_seq from pending group by tx order by max(seq) limit most
    ), taken as (
        delete from pending using whole where pending.tx = whole.tx
        returning pending.seq, whole.last_seq
    ), ordered as (
        select t.seq, e.event_id, e.outbox is not null as told,
            last_position + row_number() over (order by t.last_seq, t.seq) as position
        from taken t join events e using (seq)
    )
    insert into positions
        select position, seq, case when told then
            coalesce(lag(event_id) over (partition by told order by position), last_told,
                     '00000000-0000-0000-0000-000000000000')
        end from ordered;
    get diagnostics numbered = row_count;
    return numbered;
end $$;
"""

# A unique key alone accepts a version that is too high, so the one before it must be there.
_APPEND = """
create function append(new_events jsonb, new_jobs jsonb, command jsonb)
    returns void language plpgsql as $$
begin
    if exists (
        select from jsonb_to_recordset(new_events) as n(stream_id text, version int)
        group by n.stream_id
        having min(n.version) > 1 and not exists (
            select from events e
            where e.stream_id = n.stream_id and e.version = min(n.version) - 1)
    ) then
        raise exception 'the expected version lies ahead of its stream' using errcode = 'ES001';
    end if;
    with appended as (
        insert into events (event_id, stream_id, version, type, schema_version, data, meta,
                            outbox, recorded_at)
        select event_id, stream_id, version, type, schema_version, data, meta, outbox, recorded_at
        from rows from (jsonb_to_recordset(new_events) as (
            event_id uuid, stream_id text, version int, type text, schema_version int, data jsonb,
            meta jsonb, outbox jsonb, recorded_at timestamptz)) with ordinality as n
        order by n.ordinality
        returning seq
    )
    insert into pending (seq) select seq from appended;
    insert into jobs (id, kind, subject, workspace_id, args, meta, run_at)
        select id, kind, subject, workspace_id, args, meta, now() + delay_s * interval '1 second'
        from jsonb_to_recordset(new_jobs) as (
            id uuid, kind text, subject text, workspace_id text, args jsonb, meta jsonb,
            delay_s int)
        on conflict (id) do nothing;
    if command is not null then
        insert into commands
            select * from jsonb_populate_record(null::commands, command);
    end if;
end $$;
"""

_IMMUTABLE = """
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name;
end $$;
create trigger events_immutable before update or delete on events
    for each row execute function refuse_change();
create trigger events_kept before truncate on events execute function refuse_change();
create trigger positions_immutable before update or delete on positions
    for each row execute function refuse_change();
create trigger positions_kept before truncate on positions execute function refuse_change();
"""

_RIGHTS = """
alter default privileges in schema public
    grant select, insert, update, delete on tables to {app_role};
grant usage on schema public to {app_role};
grant select, insert on events, positions to {app_role};
grant select, insert, delete on pending to {app_role};
grant select, insert, update, delete on relay, cursors, commands, jobs, personal to {app_role};
"""


def version_1(op: Operations, service: str) -> None:
    """Create the event store and its companions; the app role `<service>_app` must exist."""
    for step in (_EVENTS, _NUMBERING, _APPEND, _IMMUTABLE):
        op.execute(step)
    op.execute(_RIGHTS.format(app_role=f"{service}_app"))


_OPERATIONS = """
create table leases (
    name text primary key,
    holder text not null,
    until timestamptz not null
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
create index jobs_dead on jobs (kind) where state = 'dead';
create index parked_stream on parked (consumer, source, stream_id, position);
alter table cursors
    add column tries int not null default 0,
    add column checked_at timestamptz,
    add column stopped jsonb;
create table revoked (
    kind text not null check (kind in ('session', 'user', 'workspace')),
    id text not null,
    not_before timestamptz not null,
    primary key (kind, id)
);
create table audit (
    id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    who text not null,
    did text not null,
    details jsonb not null
);
grant select, insert, update, delete on leases, parked, revoked to {app_role};
grant select, insert on audit to {app_role};
revoke update, delete on audit from {app_role};
"""


def version_2(op: Operations, service: str) -> None:
    """Create what several processes at work on one database need."""
    op.execute(_OPERATIONS.format(app_role=f"{service}_app"))
