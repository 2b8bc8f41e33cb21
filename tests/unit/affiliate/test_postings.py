"""What each event posts: it comes to 0, and a history to its balances."""

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from affiliate.app import SERVICE
from affiliate.domain.accounts import CHART, WORDS, numbers
from affiliate.domain.earning_messages import (
    CorrectionMade,
    Earned,
    EarningAdjusted,
    EarningHoldReleased,
    EarningRejected,
)
from affiliate.domain.payout_messages import PayoutConfirmed
from affiliate.domain.postings import postings
from affiliate.projections import journal
from chassis import ids
from chassis.testing.projected import event_id, projected
from chassis.unit import digests

AFFILIATE, SUBJECT = UUID(int=1), UUID(int=9)
THEN = datetime(2026, 4, 30, 22, 30, tzinfo=UTC)  # on the 1st of May, in Oslo
TERMS: dict[str, Any] = {
    "relationship_id": UUID(int=2),
    "affiliate_workspace_id": AFFILIATE,
    "referred_workspace_id": UUID(int=3),
    "percent": 20,
    "invoice_id": UUID(int=4),
    "invoice_series": "sales",
    "invoice_number": 10_001,
    "invoice_net_ore": 100_000,
    "credited_net_ore": 0,
    "base_ore": 100_000,
    "available_on": date(2026, 5, 14),
}


def earned(ore: int) -> Earned:
    return Earned(**TERMS, earning_ore=ore, hold_days=14)


def corrected(ore: int) -> CorrectionMade:
    return CorrectionMade(**TERMS, corrects=SUBJECT, amount_ore=ore, cause="credited")


def adjusted(ore: int) -> EarningAdjusted:
    return EarningAdjusted(change_ore=ore, amount_ore=0, credited_net_ore=0, cause="credited")


def paid_out(net_ore: int, vat_ore: int = 0) -> PayoutConfirmed:
    return PayoutConfirmed(
        reference="B-1",
        paid_on=date(2026, 4, 29),
        supplier_invoice_number="F-1",
        amount_ore=net_ore,
        vat_ore=vat_ore,
        paid_ore=net_ore + vat_ore,
    )


def balances(*events: Any) -> dict[str, int]:
    held = Counter[str]()
    for event in events:
        for entry in postings(event):
            held[entry.account] += entry.amount_ore
    return {word: ore for word, ore in held.items() if ore}


REJECTED, RELEASED = (
    EarningRejected(change_ore=-5),
    EarningHoldReleased(change_ore=5, credited_net_ore=0),
)


def test_each_event_posts_both_sides() -> None:
    assert balances(earned(20_000)) == {"commission": 20_000, "affiliates": -20_000}
    assert balances(adjusted(-6_000)) == {"commission": -6_000, "affiliates": 6_000}
    assert balances(corrected(-6_000)) == {"commission": -6_000, "affiliates": 6_000}
    assert balances(corrected(6_000)) == {"commission": 6_000, "affiliates": -6_000}
    assert balances(REJECTED) == {"commission": -5, "affiliates": 5}
    assert balances(RELEASED) == {"commission": 5, "affiliates": -5}
    assert balances(paid_out(20_000, 5_000)) == {
        **{"affiliates": 20_000, "vat_in": 5_000},
        "bank": -25_000,
    }


def test_paid_out_with_vat_and_clawed_back_an_affiliate_owes_the_net() -> None:
    history = (earned(20_000), paid_out(20_000, 5_000), corrected(-20_000))
    assert balances(*history) == {"affiliates": 20_000, "vat_in": 5_000, "bank": -25_000}


def test_what_is_0_is_not_written() -> None:
    assert postings(EarningHoldReleased(change_ore=0, credited_net_ore=0)) == ()
    assert [each.account for each in postings(paid_out(20_000))] == ["affiliates", "bank"]


def test_every_event_that_moves_money_posts_and_no_other() -> None:
    moves = {"amount_ore", "earning_ore", "change_ore"}
    silent = {"PayoutCreated"}  # its confirmation posts
    posting = (earned(5), corrected(5), adjusted(5), paid_out(5), REJECTED, RELEASED)
    events = [event for decider in SERVICE.deciders for event in decider.events]
    moving = {each.__name__ for each in events if moves & {*each.__dataclass_fields__}}
    assert moving - silent == {type(event).__name__ for event in posting if postings(event)}


def test_what_does_not_add_up_is_not_posted() -> None:
    torn = PayoutConfirmed(
        reference="B-1",
        paid_on=date(2026, 4, 29),
        supplier_invoice_number=None,
        amount_ore=20_000,
        vat_ore=0,
        paid_ore=25_000,
    )
    with pytest.raises(AssertionError, match="does not balance"):
        postings(torn)


def rows(*events: Any) -> list[dict[str, Any]]:
    told = [(SUBJECT, event, THEN) for event in events]
    return projected(journal.projection, told, workspace_id=AFFILIATE)


def test_an_entry_names_its_days_its_affiliate_and_its_invoice() -> None:
    cost, owed = rows(earned(20_000))
    shared = {
        "event_id": str(event_id(SUBJECT, 1)),
        "booked_on": date(2026, 5, 1),
        "value_on": date(2026, 4, 30),  # the day of the payment
        "document": "10001",
        "text": "earned",
        "workspace_id": str(AFFILIATE),
        "vat_code": None,
    }
    assert shared.items() <= cost.items()
    assert shared.items() <= owed.items()
    assert (cost["account"], cost["amount_ore"], cost["line"]) == ("commission", 20_000, 1)
    assert (owed["account"], owed["amount_ore"], owed["line"]) == ("affiliates", -20_000, 2)
    assert cost["id"] == str(ids.derive(event_id(SUBJECT, 1), 1))


def test_a_payout_is_of_the_day_on_which_the_bank_sent_it() -> None:
    first, vat, bank = rows(paid_out(20_000, 5_000))
    assert {each["value_on"] for each in (first, vat, bank)} == {date(2026, 4, 29)}
    assert [each["vat_code"] for each in (first, vat, bank)] == [None, "1", None]


def test_what_moves_no_money_adds_no_row() -> None:
    assert rows(object()) == []


def test_the_chart_has_a_number_for_each_word_and_takes_others() -> None:
    assert {each.word for each in CHART} == WORDS
    assert numbers('{"bank": 1921}') == {
        **{"commission": 7210, "affiliates": 2960, "vat_in": 2710},
        "bank": 1921,
    }


def test_what_is_shared_with_billing_is_in_the_digest_of_the_projection() -> None:
    of = {each.__name__ for each in digests._imported_functions(journal)}
    assert {"added", "postings", "balanced", "moved", "vat_code", "day"} <= of
