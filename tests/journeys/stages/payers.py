"""Callers who have work done, invoiced and paid, and ask again with the same keys until it is."""

from collections.abc import Callable, Iterator
from threading import Event
from typing import Any

from chassis.errors import NotFound, Rejected
from journeys.stages.household import Household
from waiting import until

PAUSE_S = 0.2
PATIENCE_S = 180.0


class Piece(Household):
    """Photographs on an invoice of their own."""

    price_ore = 125_000

    def steps(self) -> Iterator[Callable[[], None]]:
        yield self.photographs
        yield self.invoice
        yield self.payment

    def do(self, ended: Event) -> None:
        """Do all of it, from its beginning again where something was lost meanwhile."""
        while not self._is_done():
            if ended.wait(PAUSE_S):
                return

    def billed(self) -> dict[str, Any]:
        """Return what is drafted: its line, once that is there."""
        until(self._lines, PATIENCE_S, "the line")
        return {"line_item_ids": self._lines()}

    def _is_done(self) -> bool:
        try:
            for step in self.steps():
                step()
        except NotFound:
            return False  # billing has lost its invoice
        except Rejected as refused:
            if refused.code != "billing.numbers_unconfirmed":
                raise
            return False
        return True

    def _lines(self) -> list[str]:
        project = self.known["project"]
        rows = self.admin.call("billing", "list_line_items", workspace_id=project["workspace_id"])[
            "items"
        ]
        return [row["id"] for row in rows if row["project_id"] == project["id"]]
