"""What holds of the calls of a provider at every moment: none is forgotten that may be paid for."""

from chassis.unit.service import Invariant

CALLS_AWAITED = Invariant(
    name="calls_awaited",
    holds="A call of a provider has a job that looks at it until it is known what it cost.",
    query="""
select c.id, c.workspace_id, c.asked_at
from provider_call c
where c.cost_micro_usd is null and not exists (
    select from jobs j
    where j.kind = 'await_answer' and j.subject = c.subject and j.args ->> 'call_id' = c.id
    and j.state in ('waiting', 'claimed'))""",
)
