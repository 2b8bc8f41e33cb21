"""The journal as a ledger of beancount: what each event posts, and every balance after each day.

Each service's accounts are below those that it shares with others, so that the ledgers of several
services are one: 'Assets:A1920-Bank:Billing'.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from books.gateways.journal_csv import kroner
from chassis.domain import value

OPENED = date(1970, 1, 1)  # before any entry


@value
class Heading:
    """An account as it stands there: 'Assets:A1500-Receivable:Billing'."""

    word: str
    number: int
    kind: str

    def name(self, service: str) -> str:
        """Return its name among a service's, which has to begin with its kind."""
        words = self.word.title().replace("_", "-")
        return f"{self.kind}:A{self.number}-{words}:{service.title()}"


def ledger(
    service: str, headings: Iterable[Heading], entries: Iterable[Mapping[str, Any]]
) -> Iterator[str]:
    """Yield the lines; `entries` come by day, and those of an event together."""
    names = {each.word: each.name(service) for each in headings}
    yield f'option "title" "{service}"'
    yield 'option "operating_currency" "NOK"'
    for name in names.values():
        yield f"{OPENED} open {name} NOK"
    held: Counter[str] = Counter()
    for day, of_day in groupby(entries, itemgetter("booked_on")):
        for _, of_event in groupby(of_day, itemgetter("event_id")):
            yield from _transaction(day, list(of_event), names, held)
        yield from _balances(day + timedelta(days=1), names, held)


def _transaction(
    day: date, entries: list[Mapping[str, Any]], names: Mapping[str, str], held: Counter[str]
) -> Iterator[str]:
    yield ""
    yield f'{day} * "{entries[0]["document"]}" "{entries[0]["text"]}"'
    for entry in entries:
        held[entry["account"]] += entry["amount_ore"]
        yield f"  {names[entry['account']]}  {kroner(entry['amount_ore'])} NOK"


def _balances(morning: date, names: Mapping[str, str], held: Mapping[str, int]) -> Iterator[str]:
    # without a tolerance of its own an assertion lets an øre pass
    yield ""
    for word, name in names.items():
        yield f"{morning} balance {name} {kroner(held[word])} ~ 0 NOK"
