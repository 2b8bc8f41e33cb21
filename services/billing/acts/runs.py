"""The monthly run: started here, done by a job (`jobs/run.py`)."""

from uuid import UUID

from sqlalchemy import Connection

from billing.domain import invoicing_run, oslo
from billing.names import run_id
from billing.numbering import must_be_confirmed
from billing.projections import invoice_rows, invoicing_runs, pending_lines
from chassis.door.edge import Door
from chassis.errors import Invalid
from chassis.unit.calls import Call, Job
from chassis.unit.deciding import Unit
from contracts.billing.runs import (
    GetInvoicingRun,
    InvoicingRun,
    RefusedInvoice,
    RunInvoicing,
    RunStarted,
)

JOB = "invoicing_run"


def start(unit: Unit, asked: RunInvoicing) -> RunStarted:
    """Begin a month's run, or hurry the one that goes on.

    Raises `Invalid` for a month that has not begun. Of one that is not over it takes what was
    delivered so far; what comes later waits for the next month's.
    """
    must_be_confirmed(unit)
    if asked.month > f"{oslo.day(unit.call.at):%Y-%m}":
        fields = {"month": ["Has not begun."]}
        raise Invalid("billing.month_in_future", details={"fields": fields})
    id = run_id(asked.month)
    command = invoicing_run.StartRun(month=asked.month, issue=asked.issue)
    before: invoicing_run.Run | None = unit.state(invoicing_run.decider, id)
    decided = unit.decide(invoicing_run.decider, id, command)
    run: invoicing_run.Run = decided.state
    if before is not None and not run.done and not unit.hurry(JOB, id):
        unit.queue(Job(kind=JOB, subject=id))  # two at once do no harm, and none would
    workspaces = pending_lines.workspaces_of_run(unit.connection, id, run.last_day)
    return RunStarted(id=id, version=decided.version, workspaces=workspaces)


def shown(db: Connection, door: Door, call: Call, asked: GetInvoicingRun) -> InvoicingRun:
    """Return what became of a run so far."""
    run = invoicing_runs.get(db, asked.run_id)
    rows = invoice_rows.of_run(db, asked.run_id)
    drafts = [each for each in rows if each["state"] == "Draft"]
    refused = (
        RefusedInvoice(
            workspace_id=UUID(each["workspace_id"]),
            invoice_id=UUID(each["id"]),
            missing=tuple(each["missing"]),
        )
        for each in drafts
        if each["missing"]
    )
    return InvoicingRun(
        **run,
        issued=tuple(UUID(each["id"]) for each in rows if each["state"] != "Draft"),
        drafted=tuple(UUID(each["id"]) for each in drafts if not each["missing"]),
        refused=tuple(refused),
    )
