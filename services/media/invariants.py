"""What holds in media's tables at every moment: nobody who waits is forgotten, nor what is paid."""

from asking.invariants import CALLS_AWAITED
from chassis.unit.service import Invariant

IMAGES_AT_WORK = Invariant(
    name="images_at_work",
    holds="A version that is processing has a job that waits or is claimed.",
    query="""
select i.id, i.workspace_id, i.updated_at
from image_generation i
where i.status = 'processing' and not exists (
    select from jobs j
    where j.kind in ('enhance_image', 'inpaint_image', 'ask_provider', 'await_answer')
    and j.subject = i.id and j.state in ('waiting', 'claimed'))""",
)

INVARIANTS = (IMAGES_AT_WORK, CALLS_AWAITED)
