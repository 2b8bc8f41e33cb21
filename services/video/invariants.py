"""What holds in video's tables at every moment: nobody who waits is forgotten, nor what is paid."""

from asking.invariants import CALLS_AWAITED
from chassis.unit.service import Invariant

VIDEOS_AT_WORK = Invariant(
    name="videos_at_work",
    holds="A video at work has a job that waits or is claimed, or waits for pieces; each has one.",
    query="""
with at_work as (
    select kind, subject from jobs where state in ('waiting', 'claimed')
), awaited as (
    select f.id as film_id, f.video_project_id, w.piece_id
    from film f, jsonb_each(f.pieces) as w(piece_id, stands)
    where f.status = 'working' and w.stands ->> 'state' = 'wanted'
)
select p.id as video_project_id, p.status, null as piece_id
from video_project p
where p.status in ('generating', 'compiling')
    and not exists (
        select from at_work j where p.status = 'generating'
            and (j.kind, j.subject) = ('fetch_sources', p.id))
    and not exists (
        select from at_work j where p.status = 'compiling'
            and (j.kind, j.subject) = ('compile_film', p.trigger_run_id))
    and not exists (
        select from awaited a where a.film_id = p.trigger_run_id)  -- pieces that were gone, too
union all
select a.video_project_id, 'rendering', a.piece_id
from awaited a
where not exists (
    select from at_work j where j.subject = a.piece_id
        and j.kind in ('render_piece', 'ask_provider', 'await_answer'))""",
)

FILMS_WANTED = Invariant(
    name="films_wanted",
    holds="A film that is being made or joined is that of its video's run, which is at work.",
    query="""
select f.id, f.video_project_id, f.status, p.status as video_status
from film f left join video_project p on p.id = f.video_project_id
where f.status in ('working', 'joining')
    and (p.id is null or p.trigger_run_id <> f.id
        or p.status not in ('generating', 'compiling'))""",
)

INVARIANTS = (VIDEOS_AT_WORK, FILMS_WANTED, CALLS_AWAITED)
