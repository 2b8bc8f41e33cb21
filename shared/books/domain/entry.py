"""What an event posts: entries that come to 0. Debit is positive; øre."""

from collections.abc import Callable, Collection
from typing import Any

from chassis.domain import value


@value
class Entry:
    """One line of the journal."""

    account: str  # a word of the chart
    amount_ore: int  # debit; credit is negative
    vat_code: str | None


Posted = list[tuple[str, int]]  # (word, amount)


def balanced(
    event: Any, posted: Posted, words: Collection[str], vat_code: Callable[[str], str | None]
) -> tuple[Entry, ...]:
    """Return the entries of what an event posts, none of them 0 itself.

    `words`: those of the chart. Raises `AssertionError` for an event whose parts do not add up, or
    have no account: it must not be recorded.
    """
    if sum(amount for _, amount in posted) != 0:
        raise AssertionError(f"{event} does not balance: {posted}")
    if unknown := {word for word, _ in posted} - set(words):
        raise AssertionError(f"no account is called {', '.join(sorted(unknown))}")
    return tuple(
        Entry(account=word, amount_ore=amount, vat_code=vat_code(word))
        for word, amount in posted
        if amount != 0
    )


def moved(amount: int, debit: str, credit: str) -> Posted:
    """Return an amount's way from one account to another."""
    return [(debit, amount), (credit, -amount)]
