"""A payout: approved, by two people if it is large; then confirmed, once."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from affiliate.domain.customer_states import Customer, PayoutDetails
from affiliate.domain.payout import decider
from affiliate.domain.payout_messages import (
    ApprovePayout,
    CancelPayout,
    ConfirmPayout,
    CreatePayout,
    FailPayout,
    PayoutApproved,
    PayoutCancelled,
    PayoutConfirmed,
    PayoutCreated,
    PayoutFailed,
    PayoutNoteStored,
    StoreNote,
)
from affiliate.domain.payout_names import alike
from affiliate.domain.payout_states import obstacle
from chassis.testing.spec import scenario

AFFILIATE, ONE, TWO, CREATOR, SECOND = (UUID(int=n) for n in range(1, 6))
DAY = date(2026, 2, 1)
APPROVED_AT = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)  # on DAY in Oslo

create = CreatePayout(
    affiliate_workspace_id=AFFILIATE,
    cutoff=DAY,
    earning_ids=(ONE, TWO),
    amount_ore=5_000_000,
    organization_number="988077917",
    vat_registered=False,
    created_by=CREATOR,
)
created = PayoutCreated(
    affiliate_workspace_id=AFFILIATE,
    cutoff=DAY,
    earning_ids=(ONE, TWO),
    amount_ore=5_000_000,
    vat_ore=0,
    organization_number="988077917",
    vat_registered=False,
    created_by=CREATOR,
)
approve = ApprovePayout(
    approved_by=CREATOR, second_above_ore=5_000_000, may_be_paid=True, at=APPROVED_AT
)
approved = PayoutApproved(approved_by=CREATOR, at=APPROVED_AT)
confirm = ConfirmPayout(
    reference="REF 1", paid_on=DAY, supplier_invoice_number=None, at=APPROVED_AT + timedelta(days=1)
)
confirmed = PayoutConfirmed(
    reference="REF 1",
    paid_on=DAY,
    supplier_invoice_number=None,
    amount_ore=5_000_000,
    vat_ore=0,
    paid_ore=5_000_000,
)
failed, cancelled = PayoutFailed(), PayoutCancelled()
open_payout = scenario(decider).given(created)
approved_payout = open_payout.given(approved)
sent = approved_payout.given(confirmed)


def test_a_payout_is_created_once() -> None:
    scenario(decider).when(create).then(created)
    open_payout.when(create).then_refused("affiliate.payout_exists")


def test_vat_is_a_quarter_half_up_for_those_registered_for_it() -> None:
    registered = replace(create, vat_registered=True, amount_ore=10_002)
    scenario(decider).when(registered).then(
        replace(created, vat_registered=True, amount_ore=10_002, vat_ore=2_501)
    )


def test_its_creator_approves_what_is_not_large() -> None:
    open_payout.when(approve).then(approved)
    approved_payout.when(approve).then_nothing()
    sent.when(approve).then_nothing()


def test_one_ore_more_needs_a_second_person() -> None:
    large = scenario(decider).given(replace(created, amount_ore=5_000_001))
    large.when(approve).then_refused("affiliate.second_approver_required")
    large.when(replace(approve, approved_by=SECOND)).then(replace(approved, approved_by=SECOND))


def test_nothing_is_approved_of_an_affiliate_that_is_suspended() -> None:
    suspended = replace(approve, may_be_paid=False)
    open_payout.when(suspended).then_refused("affiliate.affiliate_suspended")
    approved_payout.when(suspended).then_nothing()


@pytest.mark.parametrize("paid_on", [date(2026, 1, 31), date(2026, 2, 3)])
def test_it_was_sent_after_its_approval_and_not_tomorrow(paid_on: date) -> None:
    story = approved_payout.when(replace(confirm, paid_on=paid_on))
    story.then_refused("affiliate.paid_on_implausible")


def test_its_note_is_stored_once() -> None:
    approved_payout.when(store).then(stored)
    approved_payout.given(stored).when(store).then_nothing()
    approved_payout.given(stored, confirmed).when(store).then_nothing()


def test_two_references_are_the_same_however_they_are_written() -> None:
    copied = ("f-1", "Ｆ-1 ", "F\u20111", "F\u20131", "F\u22121", "F\u00ad-1", "\u200bF-1\ufeff")
    assert {alike(each) for each in copied} == {alike(" F-1")}
    assert alike("Faktura 7") == alike("faktura\u00a0 7") == alike("FAKTURA 7")
    assert alike("\u03aa\u0301") == alike("\u0390")  # the same letter, its case folded in two ways
    assert len({alike(each) for each in ("F-1", "F-2", "F1", "F 1")}) == 4


def test_what_was_sent_is_confirmed_once() -> None:
    approved_payout.when(confirm).then(confirmed)
    sent.when(confirm).then_nothing()
    code = "affiliate.payout_already_confirmed"
    sent.when(replace(confirm, reference="REF 2")).then_refused(code)
    sent.when(replace(confirm, paid_on=date(2026, 2, 2))).then_refused(code)
    sent.when(replace(confirm, supplier_invoice_number="7")).then_refused(code)
    sent.when(FailPayout()).then_refused(code)
    sent.when(CancelPayout()).then_refused(code)


def test_vat_is_paid_on_an_invoice_only() -> None:
    registered = replace(created, vat_registered=True, amount_ore=100_000, vat_ore=25_000)
    story = scenario(decider).given(registered, approved)
    story.when(confirm).then_refused("affiliate.supplier_invoice_required")
    story.when(replace(confirm, supplier_invoice_number="7")).then(
        replace(
            confirmed,
            supplier_invoice_number="7",
            amount_ore=100_000,
            vat_ore=25_000,
            paid_ore=125_000,
        )
    )


store = StoreNote(ref="blob:notes/1", sha256="a", size=7)
stored = PayoutNoteStored(ref="blob:notes/1", sha256="a", size=7)
HISTORIES: Mapping[str, list[Any]] = {
    "none": [],
    "created": [created],
    "approved": [created, approved],
    "confirmed": [created, approved, confirmed],
    "failed": [created, approved, failed],
    "cancelled": [created, cancelled],
}
COMMANDS: Mapping[str, Any] = {
    "create": create,
    "approve": approve,
    "confirm": confirm,
    "fail": FailPayout(),
    "cancel": CancelPayout(),
    "store": store,
}
# what is decided in each of these: events, a code, None for nothing, an error of who asks wrongly
IT, CLOSED, SENT = AssertionError, "payout_closed", "payout_already_confirmed"
EXISTS, NOT_YET = "payout_exists", "payout_not_approved"
CELLS: Mapping[str, list[Any]] = {
    "create": [[created], EXISTS, EXISTS, EXISTS, EXISTS, EXISTS],
    "approve": [IT, [approved], None, None, CLOSED, CLOSED],
    "confirm": [IT, NOT_YET, [confirmed], None, CLOSED, CLOSED],
    "fail": [IT, NOT_YET, [failed], SENT, None, CLOSED],
    "cancel": [IT, [cancelled], [cancelled], SENT, CLOSED, None],
    "store": [IT, IT, [stored], [stored], None, None],
}
WALKED = [
    (state, command, then)
    for command, cells in CELLS.items()
    for state, then in zip(HISTORIES, cells, strict=True)
]


@pytest.mark.parametrize(("state", "command", "then"), WALKED)
def test_every_state_answers_every_command(state: str, command: str, then: Any) -> None:
    story = scenario(decider).given(*HISTORIES[state]).when(COMMANDS[command])
    match then:
        case None:
            story.then_nothing()
        case str():
            story.then_refused(f"affiliate.{then}")
        case list():
            story.then(*then)
        case _:
            with pytest.raises(AssertionError, match="needs a payout"):
                story.then_nothing()


NUMBERED = PayoutDetails(organization_number="988077917", vat_registered=False)


@pytest.mark.parametrize(
    ("amounts", "status", "details", "reason"),
    [
        ([], "active", NUMBERED, "nothing_available"),
        ([5, -6], "active", NUMBERED, "negative_balance"),
        ([5, -5], "active", NUMBERED, "negative_balance"),
        ([99], "active", NUMBERED, "below_minimum"),
        ([100], "active", None, "no_details"),
        ([100], "active", replace(NUMBERED, organization_number=None), "no_details"),
        ([100], "suspended", NUMBERED, "affiliate_suspended"),
        ([100], "closed", NUMBERED, "affiliate_suspended"),
        ([101, -1], "trial", NUMBERED, None),
    ],
)
def test_what_stands_in_the_way_of_a_payout(
    amounts: list[int], status: str, details: PayoutDetails | None, reason: str | None
) -> None:
    affiliate = Customer(workspace_id=AFFILIATE, status=status, payout_details=details)
    assert obstacle(amounts, affiliate, 100) == reason


def test_a_workspace_nobody_heard_of_has_no_details() -> None:
    assert obstacle([1], None, 1) == "no_details"
