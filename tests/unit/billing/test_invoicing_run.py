"""A monthly run: every cell of its commands; one a month, begun and ended once."""

from datetime import date

import pytest

from billing.domain.invoicing_run import (
    EndRun,
    InvoicingRunEnded,
    InvoicingRunStarted,
    Run,
    StartRun,
    decider,
)
from chassis.testing.spec import scenario

run = scenario(decider)
start = StartRun(month="2026-11", issue=True)
started = InvoicingRunStarted(month="2026-11", issue=True)


def test_it_begins_and_ends_once() -> None:
    run.when(start).then(started)
    run.given(started).when(start).then_nothing()
    run.given(started).when(StartRun(month="2026-11", issue=False)).then_nothing()
    run.given(started).when(EndRun()).then(InvoicingRunEnded())
    run.given(started, InvoicingRunEnded()).when(EndRun()).then_nothing()
    run.given(started, InvoicingRunEnded()).when(start).then_nothing()
    with pytest.raises(AssertionError):
        decider.decide(None, EndRun())
    assert decider.creates == (StartRun,)


@pytest.mark.parametrize(
    ("month", "last"),
    [
        ("2026-11", date(2026, 11, 30)),
        ("2026-12", date(2026, 12, 31)),
        ("2027-02", date(2027, 2, 28)),
        ("2028-02", date(2028, 2, 29)),
    ],
)
def test_it_takes_what_was_delivered_until_the_month_s_last_day(month: str, last: date) -> None:
    assert Run(month=month, issue=True).last_day == last
