"""A run: everything that was delivered until a month's last day is put on invoices. One a month."""

from dataclasses import replace
from datetime import date

from billing.domain import oslo
from chassis.domain import Decider, value


@value
class StartRun:
    month: str  # 2026-11
    issue: bool  # else drafts only


@value
class EndRun:
    pass


@value
class InvoicingRunStarted:
    month: str
    issue: bool


@value
class InvoicingRunEnded:
    pass


@value
class Run:
    month: str
    issue: bool
    done: bool = False
    workspace_id: None = None  # the seller's own

    @property
    def last_day(self) -> date:
        """The month's last day."""
        year, month = self.month.split("-")
        return oslo.last_of(int(year), int(month))


Command = StartRun | EndRun
Event = InvoicingRunStarted | InvoicingRunEnded


def decide(run: Run | None, command: Command) -> list[Event]:
    match run, command:
        case None, StartRun():
            return [InvoicingRunStarted(month=command.month, issue=command.issue)]
        case Run(), StartRun():
            return []
        case Run(), EndRun() if run.done:
            return []
        case Run(), EndRun():
            return [InvoicingRunEnded()]
        case _:
            raise AssertionError(f"{command} needs a run")


def evolve(run: Run | None, event: Event) -> Run:
    match run, event:
        case None, InvoicingRunStarted():
            return Run(month=event.month, issue=event.issue)
        case Run(), InvoicingRunEnded():
            return replace(run, done=True)
        case _:
            raise AssertionError(f"{event} cannot follow {run}")


decider = Decider(
    name="invoicing_run",
    decide=decide,
    evolve=evolve,
    events=(InvoicingRunStarted, InvoicingRunEnded),
    creates=(StartRun,),
)
