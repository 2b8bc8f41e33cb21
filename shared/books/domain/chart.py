"""A chart: what a journal's accounts are called, and their numbers by NS 4102."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from chassis.domain import value

MOST_NUMBER = 999_999_999


@value
class Account:
    """One account; what is on it is øre, debit positive."""

    word: str  # in the journal for ever; its number may be another one some day
    number: int  # the default
    kind: str  # Assets, Liabilities, Income or Expenses
    holds: str


def numbered(chart: Iterable[Account], written: str) -> Mapping[str, int]:
    """Return the number of each account; `written`: JSON of those that are not the default.

    Raises `ValueError` for an unknown word, for what is no number, and for one that two have.
    """
    given, defaults = _object(written), {each.word: each.number for each in chart}
    if unknown := sorted(given.keys() - defaults.keys()):
        raise ValueError(f"no account is called {', '.join(unknown)}")
    if wrong := sorted(word for word, number in given.items() if not _is_number(number)):
        raise ValueError(f"no account number: that of {', '.join(wrong)}")
    chosen = defaults | given
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
