"""What holds in a service's database at every moment, whatever happened; a query for each.

A query returns the rows that break it: none, if it holds. All of them read one snapshot, beside
work going on. `suitectl verify` runs them, the tests' history checkers too, and
`docs/guarantees.md` shows them. These are of the tables that every service has; a service lists
those of its own (`Service.invariants`).
"""

from chassis.unit.service import Invariant

NUMBERED = Invariant(
    name="numbered",
    holds="Every stored event has one position or waits for one, and nothing else has.",
    query="""
with placed as (
    select seq from positions
    union all
    select unnest(seqs) from pending
), counted as (
    select seq, count(*) as places from placed group by seq
)
select seq, e.stream_id, e.version, c.places
from events e full join counted c using (seq)
where e.seq is null or c.places is distinct from 1""",
)
GAPLESS = Invariant(
    name="gapless",
    holds="Positions are 1, 2, 3, … without a gap.",
    query="""
select before + 1 as first_missing, position - 1 as last_missing
from (
    select position, lag(position, 1, 0::bigint) over (order by position) as before
    from positions) p
where position <> before + 1""",
)
CHAINED = Invariant(
    name="chained",
    holds="Every told event names the one told before it; a private one names none.",
    query="""
select position, event_id, previous, told_before
from (
    select p.position, e.event_id, p.previous, case when e.outbox is not null then
        lag(e.event_id, 1, '00000000-0000-0000-0000-000000000000')
            over (partition by e.outbox is null order by p.position) end as told_before
    from positions p join events e using (seq)) chain
where previous is distinct from told_before""",
)
VERSIONED = Invariant(
    name="versioned",
    holds="The versions of a stream are 1, 2, 3, … without a gap.",
    query="""
select stream_id, count(*) as events, min(version) as first, max(version) as last
from events group by stream_id
having min(version) <> 1 or max(version) <> count(*)""",
)
IN_STREAM_ORDER = Invariant(
    name="in_stream_order",
    holds="Positions and times of a stream follow its versions.",
    query="""
select stream_id, version, position, position_before
from (
    select e.stream_id, e.version, e.recorded_at, p.position,
        lag(p.position) over stream as position_before,
        lag(e.recorded_at) over stream as recorded_before
    from events e left join positions p using (seq)
    window stream as (partition by e.stream_id order by e.version)) s
where recorded_at < recorded_before
    or position is not null and version > 1
        and (position_before is null or position < position_before)""",
)
CALLERS_OWN = Invariant(
    name="callers_own",
    holds="What a stored reply stands for was done by the caller it is kept for.",
    query="""
select c.id as call, c.method, c.caller, e.stream_id, e.version, e.meta->>'actor' as actor
from commands c join events e on e.meta->>'call' = c.id::text
where e.meta->>'actor' <> c.caller""",
)
RELAYED = Invariant(
    name="relayed",
    holds="The broker has confirmed nothing that has no position.",
    query="""
select name, position from relay
where position > (select coalesce(max(position), 0) from positions)""",
)
HEARD_ONCE = Invariant(
    name="heard_once",
    holds="An event heard takes effect in one unit.",
    query="""
select meta->'heard'->>'source' as source, meta->'heard'->>'event_id' as event_id,
    count(distinct meta->>'call') as calls
from events where meta->'heard' is not null
group by 1, 2
having count(distinct meta->>'call') > 1""",
)
HEARD_BEFORE_CURSOR = Invariant(
    name="heard_before_cursor",
    holds="Nothing has had an effect beyond the cursor, but where a fork was accepted.",
    query="""
select e.stream_id, e.version, heard.source, heard.position
from events e
    cross join jsonb_to_record(e.meta->'heard') as heard(source text, position bigint)
    left join (
        select source, max(position) as position from cursors group by source) c using (source)
where e.meta->'heard' is not null and heard.position > coalesce(c.position, 0)
    and not exists (
        select from audit a
        where a.did = 'fork' and a.details->>'source' = heard.source)""",
)
PARKED_BEHIND_CURSOR = Invariant(
    name="parked_behind_cursor",
    holds="What is parked lies at the cursor or behind it.",
    query="""
select p.consumer, p.source, p.position, c.position as cursor
from parked p left join cursors c using (consumer, source)
where p.position > coalesce(c.position, 0)""",
)
PARKED_WITHOUT_EFFECT = Invariant(
    name="parked_without_effect",
    holds="What is parked has had no effect, but where a fork was accepted.",
    query="""
select p.consumer, p.source, p.position, e.stream_id, e.version
from parked p join events e on e.meta->'heard'->>'event_id' = p.event->>'id'
where not exists (
    select from forgotten f
    where f.source = p.source and f.cause::text = p.event->>'id')""",
)
SETTLED = Invariant(
    name="settled",
    holds="What was made of what a source has forgotten is settled, or told again.",
    query="""
select consumer, source, event_id, type, stream_id, heard->>'type' as heard, since
from forgotten where settled_at is null""",
)
JOBS_CLAIMED = Invariant(
    name="jobs_claimed",
    holds="A job is done or given up by who claimed it, and fails at most once a claim.",
    query="""
select id, kind, state, claims, failures, deaths from jobs
where failures + deaths > claims or claims = 0 and state in ('claimed', 'done', 'dead')""",
)
RESULTS_ONCE = Invariant(
    name="results_once",
    holds="A job's result is recorded by one claim.",
    query="""
select j.id, j.kind, count(distinct e.meta->>'call') as claims
from jobs j join events e on e.meta->>'causation' = j.id::text
where e.meta->>'step' is null
group by j.id, j.kind
having count(distinct e.meta->>'call') > 1""",
)
FRAME = (
    NUMBERED,
    GAPLESS,
    CHAINED,
    VERSIONED,
    IN_STREAM_ORDER,
    CALLERS_OWN,
    RELAYED,
    HEARD_ONCE,
    HEARD_BEFORE_CURSOR,
    PARKED_BEHIND_CURSOR,
    PARKED_WITHOUT_EFFECT,
    SETTLED,
    JOBS_CLAIMED,
    RESULTS_ONCE,
)

# Across two databases: asked of the source, for the place of each cursor.
CURSOR_KNOWN = Invariant(
    name="cursor_known",
    holds="A cursor stands at an event that its source knows.",
    query="""
select %(position)s as position, %(event_id)s as event_id
where %(position)s > 0 and not exists (
    select from positions p join events e using (seq)
    where p.position = %(position)s and e.event_id = %(event_id)s and e.outbox is not null)""",
)
