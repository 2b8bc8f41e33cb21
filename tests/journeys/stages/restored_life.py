"""A life of the suite of which any service may lose the end, while any other is away."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from chassis import ids
from chassis.errors import ServiceError
from contracts import SERVICES
from demo.main_job import Photo
from demo.people import Person
from journeys.stages.household import Household, Newcomers
from journeys.stages.quiet import main_job
from journeys.stages.restorable import HeldUp, Restorable
from waiting import until

LINES = "select id, target_id, status from invoice_line_item order by id"
EARNED = "select id, invoice_id, earning_amount_ore from affiliate_earning order by id"
HEARD = "select position, stopped is not null as stopped from cursors where source = "
TOLD = "select event_id from events where outbox is not null"
MADE = (
    "select event_id, meta->'heard'->>'event_id' as cause from events"
    " where meta->'heard'->>'source' = "
)


class RestoredLife:
    """The main job before the backups; after them another of its customer, and newcomers."""

    def __init__(self, suite: Restorable, photos: Sequence[Photo]) -> None:
        self.suite, self.photos = suite, photos

    def live(self) -> None:
        """Do all of it, and keep it early and late."""
        suite, job = self.suite, main_job(self.suite, self.photos, by_card=False)
        outcome = job.run()
        affiliate = outcome.earnings[0]["affiliate_workspace_id"]
        nina = Person(suite, "nina@next.example", ids.token())
        given = (self.photos, affiliate, job.money.today)
        self.newcomers = Newcomers(suite, "newcomers", (nina, job.admin), *given)
        self.households = (
            Household(suite, "again", (job.customer, job.admin), *given),
            self.newcomers,
        )
        suite.keep("early")
        for step in self._steps():
            step()
            suite.settle()
        self.all_lines, self.all_earned, self.numbers = self.lines(), self.earned(), self.numbered()
        suite.keep("late")

    def reset(self) -> None:
        """Let all be as it was at the end, and away."""
        self.suite.stop(self.suite.parts.keys())
        for name in SERVICES:
            self.suite.put_back(name, "late")
        self.suite.confirm_as_before()

    def lose(self, restored: str, away: str) -> None:
        """Restore one and let it catch up, without the other; callers ask again what they can.

        Then people let those go on who were stopped.
        """
        suite = self.suite
        self.reset()
        suite.start(["auth"])
        for each in self.households:
            each.sign_in()
        suite.stop(["auth"])
        suite.put_back(restored, "early")
        suite.start([name for name in SERVICES if name != away])
        until(lambda: self._have_noticed(restored))
        until(lambda: suite.caught_up(restored))
        for step in self._steps():
            with suppress(HeldUp, ServiceError):
                step()
        suite.accept()

    def come_back(self) -> None:
        """Let all be there again, and all that was lost be asked for again.

        A restored billing has heard all before the last number that it gave is confirmed.
        """
        suite = self.suite
        suite.start(suite.away)
        for each in self.households:
            each.come_back()
        skipped = suite.settle_accepting()
        if not suite.suitectl("numbers", "show")["confirmed"]:
            last = str(max(self.numbers.values()))
            suite.suitectl("numbers", "confirm", "--last", last, "--who", "kari")
        for step in self._steps():
            step()
            skipped += suite.settle_accepting()
        self.otherwise = {self._told_at(each["source"], each["position"]) for each in skipped}

    def lacking(self, restored: str) -> set[str]:
        """Return what stands on what the restored one does not tell now, or tells otherwise."""
        told = {str(row["event_id"]) for row in self.suite.sql(restored, TOLD)} - self.otherwise
        made = f"{MADE}'{restored}'"
        rows = [row for name in SERVICES for row in self.suite.sql(name, made)]
        return {str(row["event_id"]) for row in rows if row["cause"] not in told}

    def lines(self) -> list[dict[str, Any]]:
        """Return all lines, each with what it is for and how it stands."""
        return self.suite.sql("billing", LINES)

    def earned(self) -> list[dict[str, Any]]:
        """Return all earnings."""
        return self.suite.sql("affiliate", EARNED)

    def numbered(self) -> dict[str, int]:
        """Return the invoices' numbers by their ids."""
        rows = self.suite.sql("billing", "select id, invoice_number from invoice")
        return {row["id"]: row["invoice_number"] for row in rows}

    def _steps(self) -> Iterator[Callable[[], None]]:
        for each in self.households:
            yield from each.steps()

    def _have_noticed(self, restored: str) -> bool:
        """Return whether all who heard what it has forgotten, and are there, do not hear it now."""
        head, heard = self.suite.head(restored), f"{HEARD}'{restored}'"
        rows = [row for name in self.suite.parts for row in self.suite.sql(name, heard)]
        return all(row["stopped"] or row["position"] <= head for row in rows)

    def _told_at(self, source: str, position: int) -> str:
        query = (
            f"select event_id from positions join events using (seq) where position = {position}"
        )
        return str(self.suite.sql(source, query)[0]["event_id"])
