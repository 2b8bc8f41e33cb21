"""The fourth step of `schema`: a turn of the numbering costs what it takes, not what was taken.

`pending` is a queue: what is taken leaves a dead row until the next vacuum. A table that seems to
be empty is read from end to end, by the planner's figures, so each turn read all that had been
taken since: 2 ms more for each 5 000 appends. So the rows are taken by their places, which the key
gives, and no plan of this function may read a whole table.
"""

from alembic.operations import Operations

# A position is given only to rows already committed, so there are no gaps. Version v + 1 is
# written only after v's append has committed, so v's append has the smaller last seq: taking whole
# appends in that order keeps every stream in order. `seqs` is null where an append was under way
# while the third step ran: it noted each event for itself, and that is in order too.
_NUMBERING = """
create or replace function number_events(most int) returns bigint language plpgsql
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
        from taken t cross join unnest(coalesce(t.seqs, array[t.last_seq])) as own (seq)
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


def version_4(op: Operations) -> None:
    """Take what waits by its place."""
    op.execute(_NUMBERING)
