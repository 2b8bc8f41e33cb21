"""What the frame's tables do by themselves: append, number, refuse a change of history."""

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
    if jsonb_array_length(new_events) > 0 then
        with appended as (
            insert into events (event_id, stream_id, version, type, schema_version, data, meta,
                                outbox, recorded_at)
            select event_id, stream_id, version, type, schema_version, data, meta, outbox,
                recorded_at
            from rows from (jsonb_to_recordset(new_events) as (
                event_id uuid, stream_id text, version int, type text, schema_version int,
                data jsonb, meta jsonb, outbox jsonb, recorded_at timestamptz))
                with ordinality as n
            order by n.ordinality
            returning seq
        )
        insert into pending (seq, seqs) select max(seq), array_agg(seq) from appended;
    end if;
    if jsonb_array_length(new_jobs) > 0 then
        insert into jobs (id, kind, subject, workspace_id, args, meta, run_at)
            select id, kind, subject, workspace_id, args, meta,
                now() + delay_s * interval '1 second'
            from jsonb_to_recordset(new_jobs) as (
                id uuid, kind text, subject text, workspace_id text, args jsonb, meta jsonb,
                delay_s int)
            on conflict (id) do nothing;
    end if;
    if command is not null then
        insert into commands
            select * from jsonb_populate_record(null::commands, command);
    end if;
end $$;
"""

# A position is given only to rows already committed, so there are no gaps. Version v + 1 is
# written only after v's append has committed, so v's append has the smaller last seq: taking whole
# appends in that order keeps every stream in order.
#
# A turn costs what it takes, not what was taken: `pending` is a queue, so what is taken leaves a
# dead row until the next vacuum. A table that seems to be empty is read from end to end, by the
# planner's figures, so each turn read all that had been taken since: 2 ms more for each 5 000
# appends. So the rows are taken by their places, which the key gives, and no plan of this function
# may read a whole table.
_NUMBERING = """
create function number_events(most int) returns bigint language plpgsql
    set enable_seqscan = off as $$
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
    with taken as (
        delete from pending
        where ctid = any (array(select ctid from pending order by seq limit most))
        returning seq as last_seq, seqs
    ), ordered as (
        select e.seq, e.event_id, e.outbox is not null as told,
            last_position + row_number() over (order by t.last_seq, e.seq) as position
        from taken t cross join unnest(t.seqs) as own (seq)
            join events e using (seq)
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

ALL = (_APPEND, _NUMBERING, _IMMUTABLE)
