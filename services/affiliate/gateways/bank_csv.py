"""Payouts as CSV for the bank, RFC 4180 in UTF-8: kroner with two decimals and a point."""

import csv
import io
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from unicodedata import category, normalize
from uuid import UUID

from chassis.domain import value

HEAD = ("payout_id", "name", "account", "net", "vat", "amount", "text")
FORMULA = ("=", "+", "-", "@")  # what a spreadsheet would work out


@value
class Transfer:
    """What the bank is to send; `account` has eleven digits, amounts are øre."""

    payout_id: UUID
    name: str
    account: str
    net_ore: int
    vat_ore: int
    cutoff: date


def written(transfers: Iterable[Transfer]) -> bytes:
    """Return the file: a head and a row a transfer."""
    file = io.StringIO(newline="")
    rows = csv.writer(file)
    rows.writerow(HEAD)
    for each in transfers:
        amounts = (each.net_ore, each.vat_ore, each.net_ore + each.vat_ore)
        name = f"'{each.name}" if _is_formula(each.name) else each.name
        text = f"Provisjon til og med {each.cutoff:%d.%m.%Y}"
        rows.writerow([each.payout_id, name, each.account, *map(_kroner, amounts), text])
    return file.getvalue().encode()


def _is_formula(name: str) -> bool:
    # full-width signs count, and what shows nothing before them does not
    shown = (each for each in normalize("NFKC", name) if category(each)[0] not in "CZ")
    return next(shown, "") in FORMULA


def _kroner(ore: int) -> str:
    return str(Decimal(ore).scaleb(-2))
