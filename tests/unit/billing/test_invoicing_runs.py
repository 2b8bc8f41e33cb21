"""A month's run as it is shown, and the job that its start asks for."""

from typing import Any
from uuid import UUID

from billing.domain.invoicing_run import InvoicingRunEnded, InvoicingRunStarted
from billing.jobs import jobs
from billing.names import run_id
from billing.projections import invoicing_runs
from chassis.testing.projected import START, at, projected
from chassis.unit.calls import Job
from chassis.unit.store import Recorded

RUN = run_id("2026-11")
started = InvoicingRunStarted(month="2026-11", issue=True)
ROW = {
    "id": str(RUN),
    "month": "2026-11",
    "issue": True,
    "state": "running",
    "created_at": at(1),
    "ended_at": None,
}


def test_a_run_is_shown_from_its_start_to_its_end() -> None:
    assert projected(invoicing_runs.projection, [(RUN, started)]) == [ROW]
    ended = [(RUN, started), (RUN, InvoicingRunEnded())]
    assert projected(invoicing_runs.projection, ended) == [
        {**ROW, "state": "done", "ended_at": at(2)}
    ]


def test_a_month_has_one_run() -> None:
    assert run_id("2026-11") == RUN != run_id("2026-12")


def asked_for(event: Any) -> list[Any]:
    recorded = Recorded(
        event_id=UUID(int=1),
        stream_id=f"invoicing_run-{RUN}",
        subject=RUN,
        version=1,
        event=event,
        meta={},
        recorded_at=START,
    )
    return list(jobs(recorded, None))


def test_its_start_asks_for_the_work_and_its_end_for_none() -> None:
    assert asked_for(started) == [Job(kind="invoicing_run", subject=RUN)]
    assert asked_for(InvoicingRunEnded()) == []
