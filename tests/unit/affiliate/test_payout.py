"""A payout: approved, by two people if it is large; then confirmed, once."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from affiliate.domain.customer import Customer, PayoutDetails
from affiliate.domain.payout import decider, obstacle
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
)
from chassis.testing.spec import scenario

AFFILIATE, ONE, TWO, CREATOR, SECOND = (UUID(int=n) for n in range(1, 6))
DAY = date(2026, 2, 1)

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
approve = ApprovePayout(approved_by=CREATOR)
approved = PayoutApproved(approved_by=CREATOR)
confirm = ConfirmPayout(reference="REF 1", paid_on=DAY, supplier_invoice_number=None)
confirmed = PayoutConfirmed(
    reference="REF 1", paid_on=DAY, supplier_invoice_number=None, paid_ore=5_000_000
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
    large.when(ApprovePayout(approved_by=SECOND)).then(PayoutApproved(approved_by=SECOND))


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
        replace(confirmed, supplier_invoice_number="7", paid_ore=125_000)
    )


def test_nothing_is_sent_before_it_is_approved() -> None:
    open_payout.when(confirm).then_refused("affiliate.payout_not_approved")
    open_payout.when(FailPayout()).then_refused("affiliate.payout_not_approved")


def test_a_payout_that_ended_stays_ended() -> None:
    approved_payout.when(FailPayout()).then(failed)
    open_payout.when(CancelPayout()).then(cancelled)
    approved_payout.when(CancelPayout()).then(cancelled)
    approved_payout.given(failed).when(FailPayout()).then_nothing()
    open_payout.given(cancelled).when(CancelPayout()).then_nothing()
    approved_payout.given(failed).when(CancelPayout()).then_refused("affiliate.payout_closed")
    for command in (approve, confirm, FailPayout()):
        open_payout.given(cancelled).when(command).then_refused("affiliate.payout_closed")
    for command in (approve, confirm):
        approved_payout.given(failed).when(command).then_refused("affiliate.payout_closed")


@pytest.mark.parametrize(
    ("amount_ore", "details", "reason"),
    [
        (
            0,
            PayoutDetails(organization_number="988077917", vat_registered=False),
            "nothing_available",
        ),
        (-1, PayoutDetails(organization_number="988077917", vat_registered=False), "below_minimum"),
        (1, None, "no_details"),
        (1, PayoutDetails(organization_number=None, vat_registered=False), "no_details"),
        (1, PayoutDetails(organization_number="988077917", vat_registered=False), None),
    ],
)
def test_what_stands_in_the_way_of_a_payout(
    amount_ore: int, details: PayoutDetails | None, reason: str | None
) -> None:
    born = datetime(2026, 1, 1, tzinfo=UTC)
    affiliate = Customer(workspace_id=AFFILIATE, created_at=born, payout_details=details)
    assert obstacle(amount_ore, affiliate) == reason


def test_a_workspace_nobody_heard_of_has_no_details() -> None:
    assert obstacle(1, None) == "no_details"
