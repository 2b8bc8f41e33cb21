"""Jobs are claimed fairly: the frame's second step of schema, its function and the indexes of it.

Next is a job of the workspace with the fewest claimed jobs, then the oldest; jobs without a
workspace count as those of one more. A claim that ran out is none: its job is due.
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

# A claim costs the same however much waits. Where the workspace of the oldest job that is due has
# none claimed, which is `oldest`, nothing else is read. Else `waiting` goes from workspace to
# workspace by the index, one step each, to the first job of each; none of it is read where nothing
# is due. A job that a rival claims at this moment is passed over, for the next one of its
# workspace or, where there is none, of the next workspace.
#
# No plan of it may read a whole table, or sort all jobs of a workspace, as one made by the figures
# of an empty table does; and it is planned once a connection.
_CLAIM = """
create function claim_job(kinds text[], seconds int) returns setof jobs language plpgsql
    set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
    set plan_cache_mode = force_generic_plan as $$
begin
    return query with recursive busy as (
        select coalesce(workspace_id, '') as workspace, count(*) as claimed
        from jobs where state = 'claimed' and run_at > now() group by 1
    ), oldest as (
        select coalesce(workspace_id, '') as workspace
        from jobs where run_at <= now() and state in ('waiting', 'claimed') and kind = any(kinds)
        order by run_at, id limit 1
    ), waiting as (
        (select coalesce(workspace_id, '') as workspace, run_at, id
        from jobs where state in ('waiting', 'claimed') and kind = any(kinds)
            and exists (select from oldest)
        order by coalesce(workspace_id, ''), run_at, id limit 1)
        union all
        select following.* from waiting cross join lateral (
            select coalesce(workspace_id, ''), run_at, id
            from jobs where coalesce(workspace_id, '') > waiting.workspace
                and state in ('waiting', 'claimed') and kind = any(kinds)
            order by coalesce(workspace_id, ''), run_at, id limit 1) following
    ), turn as (
        select workspace from oldest where workspace not in (select workspace from busy)
        union all
        (select workspace from waiting left join busy using (workspace)
        where run_at <= now() order by coalesce(claimed, 0), run_at, id)
    )
    update jobs set state = 'claimed', claims = claims + 1,
        run_at = now() + seconds * interval '1 second'
    where id = (select due.id from turn cross join lateral (
        select id from jobs where coalesce(workspace_id, '') = turn.workspace
            and run_at <= now() and state in ('waiting', 'claimed') and kind = any(kinds)
        order by run_at, id for update skip locked limit 1) due limit 1)
    returning *;
end $$;
"""


def make(connection: Connection, service: str) -> None:
    """Let jobs be claimed in a fair order."""
    for made in (_INDEXES, _CLAIM):
        connection.execute(text(made))
