"""What each event posts: it comes to 0, and a history to its balances."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from billing.app import SERVICE
from billing.domain import postings as page
from billing.domain.accounts import WORDS
from billing.domain.postings import postings
from billing.projections import journal
from books.domain.entry import Entry
from chassis import ids
from chassis.testing.projected import event_id, projected
from unit.billing import card_events as by_card
from unit.billing.money_events import (
    HISTORIES,
    ISSUED_ON,
    PAID_ON,
    THEN,
    WORKSPACE,
    balances,
    bounced,
    came,
    credited,
    granted,
    issued,
    paid,
    promised,
    rate,
    recovered,
    sent,
    taken_back,
    unpaid,
    written_off,
)

SUBJECT = UUID(int=9)
EACH = (
    *(issued(), credited(rate(40_000)), came(5), bounced(5), paid(5), unpaid(5), granted(5)),
    *(taken_back(5), promised(5), sent(5), written_off(10, 2), recovered(10, 2)),
    *(by_card.captured(5), by_card.held(), by_card.lost(5), by_card.taken(5), by_card.given(5)),
    by_card.ended("lost", 5, 5),
)
OF_ALL = {**HISTORIES, **by_card.HISTORIES}


@pytest.mark.parametrize("history", OF_ALL)
def test_a_history_comes_to_its_balances(history: str) -> None:
    events, expected = OF_ALL[history]
    assert balances(events) == expected


@pytest.mark.parametrize("event", EACH, ids=lambda event: type(event).__name__)
def test_an_event_posts_entries_that_come_to_0_and_none_at_0(event: Any) -> None:
    entries = postings(event)
    assert len(entries) >= 2
    assert sum(each.amount_ore for each in entries) == 0
    assert all(each.amount_ore and each.account in WORDS for each in entries)


def test_every_event_that_moves_money_posts_and_no_other() -> None:
    moves = {"amount_ore", "gross_ore", "loss_ore"}
    silent = {
        "InvoiceDrafted",  # nothing is owed yet
        "LineItemCreated",
        "InvoiceCredited",  # its credit note posts
        *("BankPaymentAllocated", "BankPaymentFreed"),  # the invoice's payment posts
        *("CreditSpent", "CreditRestored"),  # what they pay posts
        *("RefundFailed", "RefundReturned"),  # the credit that it becomes posts
        *("CheckoutOpened", "ChargeStarted"),  # only asked for
        "DisputeOpened",  # its movements post
    }
    events = [event for decider in SERVICE.deciders for event in decider.events]
    moving = {each.__name__ for each in events if moves & {*each.__dataclass_fields__}}
    assert moving - silent == {type(event).__name__ for event in EACH}


def test_what_moves_no_money_posts_nothing() -> None:
    assert postings(object()) == ()


def test_parts_of_nothing_are_not_written() -> None:
    free = issued(rate(40_000, "EXEMPT_IMPORT_EXPORT"))
    assert postings(free) == (
        Entry(account="receivable", amount_ore=40_000, vat_code=None),
        Entry(account="sales_exempt", amount_ore=-40_000, vat_code="52"),
    )
    assert [each.account for each in postings(written_off(10, 0))] == ["losses", "receivable"]


def test_sales_and_their_vat_bear_the_code_of_their_rate() -> None:
    codes = {each.account: each.vat_code for each in postings(issued())}
    assert codes == {"receivable": None, "sales": "3", "vat_out": "3"}


@pytest.mark.parametrize(
    "wrong",
    [
        replace(issued(), gross_ore=125_001),
        replace(credited(rate(40_000)), gross_ore=49_999),
        paid(5, "stripes"),
        issued(rate(1, "LOW")),
        replace(granted(5), origin="elsewhere"),  # type: ignore[arg-type]
        replace(sent(5), rail="pigeon"),  # type: ignore[arg-type]
        replace(promised(5), of="losers"),  # type: ignore[arg-type]
    ],
)
def test_what_does_not_add_up_or_has_no_account_is_not_recorded(wrong: Any) -> None:
    with pytest.raises(AssertionError):
        postings(wrong)


def rows(*told: Any) -> list[dict[str, Any]]:
    return projected(journal.projection, told, workspace_id=WORKSPACE)


def test_an_event_becomes_a_row_an_entry() -> None:
    first, second, third = rows((SUBJECT, issued(), THEN))
    of_event = event_id(SUBJECT, 1)
    assert first == {
        "id": str(ids.derive(of_event, 1)),
        "event_id": str(of_event),
        "line": 1,
        "booked_on": date(2026, 5, 4),
        "value_on": ISSUED_ON,
        "account": "receivable",
        "workspace_id": str(WORKSPACE),
        "amount_ore": 125_000,
        "vat_code": None,
        "document": "10001",
        "text": "invoice issued",
    }
    assert [(each["line"], each["account"], each["amount_ore"]) for each in (second, third)] == [
        (2, "sales", -100_000),
        (3, "vat_out", -25_000),
    ]


@pytest.mark.parametrize(
    ("event", "value_on", "document"),
    [
        (issued(), ISSUED_ON, "10001"),
        (credited(rate(40_000)), ISSUED_ON, "10002"),
        (came(5), PAID_ON, f"subject-{SUBJECT}"),
        (bounced(5), PAID_ON, f"subject-{SUBJECT}"),
        (paid(5), PAID_ON, f"subject-{SUBJECT}"),
        (sent(5), PAID_ON, f"subject-{SUBJECT}"),
        (unpaid(5), date(2026, 6, 1), f"subject-{SUBJECT}"),
        (granted(5), date(2026, 6, 1), f"subject-{SUBJECT}"),
    ],
)
def test_an_entry_names_the_day_of_its_document_or_payment(
    event: Any, value_on: date, document: str
) -> None:
    (first, *_) = rows((SUBJECT, event, THEN.replace(month=5, day=31, hour=22)))  # midnight in Oslo
    assert (first["booked_on"], first["value_on"]) == (date(2026, 6, 1), value_on)
    assert first["document"] == document


def test_what_moves_no_money_adds_no_row() -> None:
    assert rows((SUBJECT, object())) == []


def test_the_page_of_postings_is_in_the_digest_of_its_projection() -> None:
    from chassis.unit import digests

    of = {each.__name__ for each in digests._imported_functions(journal)}
    assert {"added", "postings", "_paid_from", "_granted_from", "_sales", "moved", "vat_code"} <= of
    assert page.__name__ == "billing.domain.postings"
