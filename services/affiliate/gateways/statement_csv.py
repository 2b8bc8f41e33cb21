"""A statement as CSV, RFC 4180 in UTF-8: what changed a month's balance, in kroner.

The first row is what was owed before, the last one what is owed after; those between add up. No
field is written by people.
"""

import csv
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

from books.gateways.journal_csv import kroner

HEAD = ("booked_on", "kind", "invoice_number", "earning_id", "payout_id", "change")


def write(
    file: TextIO, opening_ore: int, changes: Iterable[Mapping[str, Any]], closing_ore: int
) -> None:
    """Write a head and a row a change, between opening and closing; `file` has newline=""."""
    rows = csv.writer(file)
    rows.writerow(HEAD)
    rows.writerow(["", "opening", "", "", "", kroner(opening_ore)])
    for each in changes:
        rows.writerow([*(each[name] for name in HEAD[:-1]), kroner(each["change_ore"])])
    rows.writerow(["", "closing", "", "", "", kroner(closing_ore)])
