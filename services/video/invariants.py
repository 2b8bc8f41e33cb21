"""What holds in video's tables at every moment: whoever waits for a film is not forgotten."""

from chassis.unit.service import Invariant

VIDEOS_AT_WORK = Invariant(
    name="videos_at_work",
    holds="A video at work has a job that waits or is claimed, or waits for pieces; each has one.",
    query="""
with at_work as (
    select kind, subject from jobs where state in ('waiting', 'claimed')
), awaited as (
    select video_project_id, revision, piece_id from wanted_piece where not ended
)
select p.id as video_project_id, p.status, null as piece_id
from video_project p
where p.status in ('generating', 'compiling')
    and not exists (
        select from at_work j where j.subject = p.id and (p.status, j.kind)
            in (('generating', 'fetch_sources'), ('compiling', 'compile_film')))
    and not exists (
        select from awaited a where p.status = 'generating'
            and (a.video_project_id, a.revision) = (p.id, p.revision))
union all
select a.video_project_id, 'rendering', a.piece_id
from awaited a
where not exists (
    select from at_work j where j.kind = 'render_piece' and j.subject = a.piece_id)""",
)

INVARIANTS = (VIDEOS_AT_WORK,)
