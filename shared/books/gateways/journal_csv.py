"""The journal as CSV, RFC 4180 in UTF-8: amounts in kroner, with two decimals and a point.

No field is written by people: what stands there are numbers, days, ids and words of ours, so that
no spreadsheet takes one for a formula.
"""

import csv
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

HEAD = (
    *("voucher", "booked_on", "value_on", "account_number", "account", "workspace_id"),
    *("document", "text", "debit", "credit", "vat_code"),
)


def write(file: TextIO, entries: Iterable[Mapping[str, Any]]) -> None:
    """Write a head and a row an entry; `amount_ore` goes to the debit, or if negative the credit.

    `file` is opened with newline="".
    """
    rows = csv.writer(file)
    rows.writerow(HEAD)
    for entry in entries:
        ore = entry["amount_ore"]
        sides = {"debit": kroner(ore) if ore > 0 else "", "credit": kroner(-ore) if ore < 0 else ""}
        row = {**entry, **sides}
        rows.writerow([row[name] for name in HEAD])


def kroner(ore: int) -> str:
    """Return '-1250.00' for -125 000 øre."""
    whole, rest = divmod(abs(ore), 100)
    return f"{'-' if ore < 0 else ''}{whole}.{rest:02}"
