"""The chart: what the journal's accounts hold, and their numbers by NS 4102."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

from chassis.domain import value

MOST_NUMBER = 999_999_999


@value
class Account:
    """One account; what is on it is øre, debit positive."""

    word: str  # in the journal for ever; its number may be another one some day
    number: int  # the default
    kind: str  # Assets, Liabilities, Income or Expenses
    holds: str


CHART = (
    Account(word="receivable", number=1500, kind="Assets", holds="what customers owe"),
    Account(word="stripe", number=1575, kind="Assets", holds="at Stripe, before its fees"),
    Account(word="disputed", number=1576, kind="Assets", holds="taken by disputes not lost yet"),
    Account(word="bank", number=1920, kind="Assets", holds="passed through the bank"),
    Account(word="vat_out", number=2700, kind="Liabilities", holds="output VAT"),
    Account(word="advances", number=2900, kind="Liabilities", holds="card money before delivery"),
    Account(word="credit", number=2901, kind="Liabilities", holds="customers' credit"),
    Account(word="refunds", number=2902, kind="Liabilities", holds="promised, not sent"),
    Account(word="unallocated", number=2903, kind="Liabilities", holds="money nobody claims"),
    Account(word="sales", number=3000, kind="Income", holds="revenue, net"),
    Account(word="sales_exempt", number=3100, kind="Income", holds="exports, net"),
    Account(word="rounding", number=7740, kind="Expenses", holds="others' totals against ours"),
    Account(word="losses", number=7830, kind="Expenses", holds="written off, not recovered"),
)
WORDS = frozenset(each.word for each in CHART)


def vat_code(word: str) -> str | None:
    """Return under which of SAF-T's standard VAT codes entries of an account are posted."""
    match word:
        case "sales" | "vat_out":
            return "3"  # output VAT, the regular rate
        case "sales_exempt":
            return "52"  # export of services
    return None


def numbers(written: str) -> Mapping[str, int]:
    """Return the number of each account; `written`: JSON of those that are not the default.

    Raises `ValueError` for an unknown word, for what is no number, and for one that two have.
    """
    given = _object(written)
    if unknown := sorted(given.keys() - WORDS):
        raise ValueError(f"no account is called {', '.join(unknown)}")
    if wrong := sorted(word for word, number in given.items() if not _is_number(number)):
        raise ValueError(f"no account number: that of {', '.join(wrong)}")
    chosen = {each.word: each.number for each in CHART} | given
    used = list(chosen.values())
    if twice := sorted({number for number in used if used.count(number) > 1}):
        raise ValueError(f"used twice: {', '.join(map(str, twice))}")
    return chosen


def _object(written: str) -> dict[str, Any]:
    try:
        given = json.loads(written, object_pairs_hook=_once)
    except json.JSONDecodeError:
        given = None
    if not isinstance(given, dict):
        raise ValueError('is no JSON object: {"bank": 1921}')
    return given


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a word stands there twice")
    return dict(pairs)


def _is_number(number: Any) -> bool:
    return type(number) is int and 1 <= number <= MOST_NUMBER


# a setting: JSON, the numbers of accounts that are not the chart's own
Numbers = Annotated[str, numbers]
