"""What each event posts: it alone says so, and nothing else is read. Debit is positive; øre."""

from datetime import date, timedelta
from typing import Any

from affiliate.domain.accounts import WORDS, vat_code
from affiliate.domain.earning_messages import (
    CorrectionMade,
    Earned,
    EarningAdjusted,
    EarningHoldReleased,
    EarningRejected,
)
from affiliate.domain.payout_messages import PayoutConfirmed
from books.domain.entry import Entry, balanced, moved


def postings(event: Any) -> tuple[Entry, ...]:
    """Return what an event posts: entries that come to 0, none of them 0 itself.

    What is owed less is posted the other way. Raises `AssertionError` for an event whose parts do
    not add up: it must not be recorded.
    """
    match event:
        case Earned(earning_ore=amount) | CorrectionMade(amount_ore=amount):
            posted = moved(amount, "commission", "affiliates")
        case (
            EarningAdjusted(change_ore=change)
            | EarningRejected(change_ore=change)
            | EarningHoldReleased(change_ore=change)
        ):
            posted = moved(change, "commission", "affiliates")
        case PayoutConfirmed(amount_ore=net, vat_ore=vat, paid_ore=gross):
            posted = [("affiliates", net), ("vat_in", vat), ("bank", -gross)]
        case _:
            posted = []
    return balanced(event, posted, WORDS, vat_code)


def value_day(event: Any) -> date | None:
    """Return the day of the payment; None where the event names none."""
    match event:
        case Earned():
            return event.available_on - timedelta(days=event.hold_days)
        case PayoutConfirmed():
            return event.paid_on
    return None


def document(event: Any) -> str | None:
    """Return the number of the invoice that an entry was made for, None where none is named."""
    match event:
        case Earned() | CorrectionMade():
            return str(event.invoice_number)
    return None
