"""The rows that affiliate's tables have by a history of commissions, and what they must add up to.

They are written by the projections themselves, in memory.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from affiliate.projections import earnings, journal
from chassis.testing.tables import Tables
from chassis.unit.projection import statements
from chassis.unit.store import Recorded

PROJECTIONS = (earnings.projection, journal.projection)
OWED = {"held", "available", "on_hold", "reserved"}


class CommissionRows:
    """Entries and the journal."""

    def __init__(self) -> None:
        self._tables = Tables(*(each.table for each in PROJECTIONS))
        self.close = self._tables.close

    def take(self, records: Sequence[Recorded]) -> None:
        """Write what the projections make of these events."""
        for sql, parameters in statements(PROJECTIONS, records):
            self._tables.exec_driver_sql(sql, parameters)

    def check(self, affiliates: Iterable[UUID], today: date) -> None:
        """See that each balance is its parts, and the books say the same and come to nothing."""
        entries, booked = self._tables.rows(earnings.table), self._tables.rows(journal.table)
        events: Counter[str] = Counter()
        for line in booked:
            events[line["event_id"]] += line["amount_ore"]
        assert not any(events.values()), events
        for id in map(str, affiliates):
            by_state: Counter[str] = Counter()
            for entry in (each for each in entries if each["affiliate_workspace_id"] == id):
                waits = entry["state"] == "available" and entry["available_on"] > today
                by_state["held" if waits else entry["state"]] += entry["earning_amount_ore"]
            accounts: Counter[str] = Counter()
            for line in (each for each in booked if each["workspace_id"] == id):
                accounts[line["account"]] += line["amount_ore"]
            balance_ore = by_state.total() - by_state["paid_out"]
            assert balance_ore == sum(by_state[each] for each in OWED), by_state
            assert accounts["affiliates"] == -balance_ore, (accounts, by_state)
            assert accounts["bank"] == -by_state["paid_out"], (accounts, by_state)
            assert sum(accounts.values()) == 0, accounts
