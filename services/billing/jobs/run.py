"""The monthly run: a unit a workspace drafts what waits, then a unit an invoice issues it.

Each unit finds what is left to do, and names what it makes: a run that was killed goes on, and one
that is done twice at once does nothing twice.
"""

import logging
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID

from billing import numbering
from billing.acts import issuing, runs
from billing.domain import invoice, invoicing_run
from billing.domain.invoice import MOST_LINES
from billing.domain.invoice_messages import RefuseIssue
from billing.domain.invoice_states import Draft, Invoice
from billing.drafting import draft, sorted_out
from billing.projections import invoice_rows, pending_lines
from chassis import ids
from chassis.errors import NotFound, ServiceError, Unavailable
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task, call_of
from chassis.running.parts import Peers
from chassis.unit import store
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from clients.auth import Auth
from contracts.auth.workspaces import BillingProfile

BACKOFF_S = (10, 60, 300, 1_800)
ATTEMPTS = 50  # a day's outage is waited out
AGAIN_S = 3_600  # after a job was given up, which people are told of, its successor's turn
UNKNOWN = "workspace_unknown"  # to auth
AWAY = 3  # failures in a row: the others would find the same

log = logging.getLogger(__name__)


def kind(app: App, peers: Peers) -> Kind:
    """Return the job that does a month's run. It ends when the run is done, and not before."""

    def run(task: Task, control: Control) -> None:
        _Run(app, peers, task, control).do()

    return Kind(
        name=runs.JOB,
        run=run,
        finish=_ended,
        give_up=_again,
        attempts=ATTEMPTS,
        timeout_s=3_600,
        backoff_s=BACKOFF_S,
    )


def _ended(unit: Unit, task: Task, result: Any) -> None:
    unit.decide(invoicing_run.decider, task.subject, invoicing_run.EndRun())


def _again(unit: Unit, task: Task, error: ServiceError) -> None:
    unit.queue(Job(kind=runs.JOB, subject=task.subject, delay_s=AGAIN_S))


class _Run:
    """One attempt at a run: what fails for one workspace holds up no other."""

    def __init__(self, app: App, peers: Peers, task: Task, control: Control) -> None:
        self.app, self.auth, self.task, self.control = app, Auth(peers("auth")), task, control
        self.failed: list[Exception] = []
        self.in_a_row = 0

    def do(self) -> None:
        """Draft all, then issue all. Raises, in the end, what is a reason to try again."""
        if not numbering.is_confirmed(self.app):
            raise Unavailable("billing.numbers_unconfirmed", "an operator says the last number")
        codec, id = self.app.codec, self.task.subject
        found = self.app.query(lambda db: store.found(db, codec, invoicing_run.decider, id))
        run: invoicing_run.Run = found.state
        workspaces = self.app.query(lambda db: pending_lines.workspaces(db, run.last_day))
        for place, workspace_id in enumerate(workspaces):
            self.control.progress(50 * place // len(workspaces), "draft")
            self._try(partial(self._draft, run, workspace_id))
        if run.issue:
            self._issue_all()
        if self.failed:
            raise next((e for e in self.failed if _passes(e)), self.failed[0])

    def _try(self, step: Callable[[], None]) -> None:
        try:
            step()
        except (ServiceError, AssertionError) as error:
            log.warning("a run left something", exc_info=error)
            self.failed.append(error)
            self.in_a_row = self.in_a_row + 1 if _passes(error) else 0
            if self.in_a_row == AWAY:
                raise
        else:
            self.in_a_row = 0

    def _draft(self, run: invoicing_run.Run, workspace_id: UUID) -> None:
        work = partial(_draft_one, self.task.subject, run, workspace_id)
        for number in count():
            call = call_of(self.app, self.task, "draft", workspace_id, number)
            if not self.app.attempt(call, work):
                return

    def _issue_all(self) -> None:
        rows = self.app.query(lambda db: invoice_rows.of_run(db, self.task.subject))
        drafts = [each for each in rows if each["state"] == "Draft"]
        for place, row in enumerate(drafts):
            self.control.progress(50 + 50 * place // len(drafts), "issue")
            self._try(partial(self._issue, UUID(row["id"]), UUID(row["workspace_id"])))

    def _issue(self, invoice_id: UUID, workspace_id: UUID) -> None:
        try:
            facts = self.auth.billing_profile(workspace_id=workspace_id)
        except NotFound:
            facts = None
        call = call_of(self.app, self.task, "issue", invoice_id)
        self.app.attempt(call, partial(_issue_or_refuse, invoice_id, facts))


def _passes(error: Exception) -> bool:
    return isinstance(error, ServiceError) and error.retryable


def _draft_one(run_id: UUID, run: invoicing_run.Run, workspace_id: UUID, unit: Unit) -> bool:
    """Draft one invoice of what waits, and return whether there may be more to draft."""
    numbering.must_be_confirmed(unit)
    most = MOST_LINES + 1
    waiting = pending_lines.ids(unit.connection, workspace_id, run.last_day, most)
    by_buyer, _ = sorted_out(unit, waiting, workspace_id)
    for (_, number), mine in by_buyer.items():
        draft(unit, _free(unit, run_id, workspace_id, number), mine, run_id)
        return len(by_buyer) > 1 or len(waiting) == most
    return False


def _free(unit: Unit, run_id: UUID, workspace_id: UUID, number: str | None) -> UUID:
    """Return the id of the run's next invoice for that buyer: its first, as a rule."""
    named = (ids.derive(run_id, "invoice", workspace_id, number, n) for n in count(1))
    return next(id for id in named if unit.state(invoice.decider, id) is None)


def _issue_or_refuse(invoice_id: UUID, facts: BillingProfile | None, unit: Unit) -> None:
    """Issue a draft, or note on it what its document would lack."""
    stands: Invoice = unit.state(invoice.decider, invoice_id)
    if not isinstance(stands, Draft):
        return
    missing = issuing.refusals(stands.sheet, facts) if facts else (UNKNOWN,)
    if missing:
        unit.decide(invoice.decider, invoice_id, RefuseIssue(missing=missing))
    elif facts:
        issuing.number(unit, invoice_id, facts)
