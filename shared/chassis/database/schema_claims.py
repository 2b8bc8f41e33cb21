"""Jobs are claimed fairly: the frame's second step of schema, its functions and their indexes.

Next is a job of the workspace with the fewest claimed jobs, then the oldest; jobs without a
workspace count as those of one more. A claim that ran out is none: its job is due, and whoever had
it is taken for dead (`schema_deaths`).
"""

from sqlalchemy import Connection, text

# In the order of the claim, so that jobs that one unit queued, all due at one time, are not sorted.
_INDEXES = """
drop index jobs_due;
create index jobs_due on jobs (run_at, id) where state in ('waiting', 'claimed');
create index jobs_due_of_workspace on jobs (coalesce(workspace_id, ''), run_at, id)
    where state in ('waiting', 'claimed');
create index jobs_claimed on jobs (run_at) where state = 'claimed';
"""

# The turn of a workspace. From one to the next it goes by the index, one step each, to the first
# job of each, however many wait; where nothing is due, it does not begin.
_TURNS = """
create function workspaces_in_turn(kinds text[]) returns setof text language plpgsql stable as $$
begin
    return query with recursive waiting as (
        (select coalesce(workspace_id, '') as workspace, run_at, id
        from jobs where state in ('waiting', 'claimed') and kind = any(kinds)
            and exists (select from jobs
                where run_at <= now() and state in ('waiting', 'claimed') and kind = any(kinds))
        order by coalesce(workspace_id, ''), run_at, id limit 1)
        union all
        select following.* from waiting cross join lateral (
            select coalesce(workspace_id, ''), run_at, id
            from jobs where coalesce(workspace_id, '') > waiting.workspace
                and state in ('waiting', 'claimed') and kind = any(kinds)
            order by coalesce(workspace_id, ''), run_at, id limit 1) following
    ), busy as (
        select coalesce(workspace_id, '') as workspace, count(*) as claimed
        from jobs where state = 'claimed' and run_at > now() group by 1
    )
    select workspace from waiting left join busy using (workspace)
    where run_at <= now() order by coalesce(claimed, 0), run_at, id;
end $$;
"""

# Where nothing is claimed, the oldest job is next. Where a workspace of the oldest jobs has none
# claimed, its turn it is, and no other is looked at. What a rival claims at this moment is passed
# over.
#
# No plan may read a whole table or sort all that waits, as one that is made by the figures of an
# empty table does; and it is made once a connection.
_CLAIM = """
create or replace function take_job(kinds text[], seconds int) returns setof jobs language plpgsql
    set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
    set plan_cache_mode = force_generic_plan as $$
declare
    next uuid;
begin
    if not exists (select from jobs where state = 'claimed' and run_at > now()) then
        select id into next
        from jobs where run_at <= now() and state in ('waiting', 'claimed') and kind = any(kinds)
        order by run_at, id for update skip locked limit 1;
    else
        with oldest as (
            select coalesce(workspace_id, '') as workspace
            from jobs where run_at <= now() and state in ('waiting', 'claimed')
                and kind = any(kinds)
            order by run_at, id limit 20
        ), turn as (
            select workspace from oldest where workspace not in (
                select coalesce(workspace_id, '') from jobs
                where state = 'claimed' and run_at > now())
            union all
            select * from workspaces_in_turn(kinds)
        )
        select due.id into next from turn cross join lateral (
            select id from jobs where coalesce(workspace_id, '') = turn.workspace
                and run_at <= now() and state in ('waiting', 'claimed') and kind = any(kinds)
            order by run_at, id for update skip locked limit 1) due limit 1;
    end if;
    return query update jobs set deaths = deaths + (state = 'claimed')::int,
        state = 'claimed', claims = claims + 1,
        run_at = now() + seconds * interval '1 second'
    where id = next returning *;
end $$;
"""


def make(connection: Connection, roles: str) -> None:
    """Let jobs be claimed in a fair order."""
    for made in (_INDEXES, _TURNS, _CLAIM):
        connection.execute(text(made))


def renew(connection: Connection, roles: str) -> None:
    """Let jobs be claimed as `make` says now: what was made before it said so is replaced."""
    connection.execute(text(_CLAIM))
