"""Statements: on the 5th the last month's is frozen, its CSV in the store; whoever missed one, too.

Every month of an affiliate has one, from the first in which something was booked: closing is the
next one's opening.
"""

import logging
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from affiliate.domain import oslo, statement
from affiliate.domain.statement import Figures, IssueStatement
from affiliate.gateways import statement_csv
from affiliate.names import statement_id
from affiliate.projections import balances
from chassis import ids
from chassis.errors import ServiceError
from chassis.identity import service_actor
from chassis.jobs.schedules import Schedule
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from gateways.port import Blob, Blobs

DUE_ON = 5  # of the next month

log = logging.getLogger(__name__)


def schedule(blobs: Blobs) -> Schedule:
    """Return what looks every night, in Oslo, for statements that are due."""
    return Schedule(
        name="issue_statements",
        every_s=24 * 3_600,
        at_s=2 * 3_600,
        run=partial(issue_due, blobs),
    )


def issue_due(blobs: Blobs, app: App) -> None:
    """Issue every statement that is due, in the order of the months; a unit each.

    An affiliate's that cannot be issued holds up no other's. Raises, in the end, why it cannot.
    """
    until = last_due(oslo.day(app.clock()))
    failed: list[Exception] = []
    for affiliate_id, first in app.query(balances.began):
        try:
            for month in _months(first, until):
                _issue(app, blobs, affiliate_id, month)
        except (ServiceError, AssertionError) as error:
            if isinstance(error, ServiceError) and error.retryable:
                raise  # the others would find the same
            log.warning("a statement was left", exc_info=error)
            failed.append(error)
    if failed:
        raise failed[0]


def last_due(today: date) -> date:
    """Return the last month (its first day) whose statement is due on a day."""
    of_this_month = today.replace(day=1)
    last = _before(of_this_month)
    return last if today.day >= DUE_ON else _before(last)


def _before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def _months(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first = (first + timedelta(days=31)).replace(day=1)


def _issue(app: App, blobs: Blobs, affiliate_id: UUID, month: date) -> None:
    figures = app.query(lambda db: balances.figures(db, affiliate_id, month))
    blob = _written(app, blobs, affiliate_id, month, figures)
    call = Call(
        id=ids.fresh(),
        at=app.clock(),
        actor=service_actor(app.service.name),
        correlation_id=str(ids.fresh()),
    )
    app.attempt(call, partial(_decide, affiliate_id, month, figures, blob))


def _written(app: App, blobs: Blobs, affiliate_id: UUID, month: date, figures: Figures) -> Blob:
    """Store the CSV: nothing is booked any more into a month that is over."""
    with tempfile.TemporaryDirectory(prefix="ai-studio-statement-") as folder:
        path = Path(folder, "statement.csv")
        with path.open("w", encoding="utf-8", newline="") as file:
            changes = _changes(app, affiliate_id, month)
            statement_csv.write(file, figures.opening_ore, changes, figures.closing_ore)
        return blobs.put_file(f"{affiliate_id}/statements/{month:%Y-%m}.csv", path)


def _changes(app: App, affiliate_id: UUID, month: date) -> Iterator[Mapping[str, Any]]:
    after = 0
    reading = partial(balances.changes, affiliate_id=affiliate_id, month=month)
    while page := app.query(partial(reading, after=after)):
        yield from page
        after = page[-1]["seq"]


def _decide(affiliate_id: UUID, month: date, figures: Figures, blob: Blob, unit: Unit) -> None:
    before = statement_id(affiliate_id, f"{_before(month):%Y-%m}")
    command = IssueStatement(
        affiliate_workspace_id=affiliate_id,
        month=f"{month:%Y-%m}",
        figures=figures,
        before=unit.state(statement.decider, before),
        ref=blob.ref,
        sha256=blob.sha256,
        size=blob.size,
    )
    unit.decide(statement.decider, statement_id(affiliate_id, command.month), command)
