"""A transfer: whether it is left, what was credited beside an invoice, and how it goes back."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from billing.domain import number_series
from billing.domain.bank_payment import BankPayment, decider, same_name
from billing.domain.bank_payment_messages import (
    Allocate,
    BankPaymentAllocated,
    BankPaymentFreed,
    BankPaymentReceived,
    BankPaymentReversed,
    Command,
    Event,
    Free,
    Offer,
    Reverse,
)
from chassis.testing.spec import Scenario, scenario

A, B, W, X = (UUID(int=n) for n in range(1, 5))
DAY, NEXT = date(2026, 4, 15), date(2026, 4, 16)
AT = datetime(2026, 4, 16, 12, tzinfo=UTC)

received = BankPaymentReceived(
    source="bank", external_id="t-1", amount_ore=900, paid_on=DAY, kid=None
)


def allocated(ore: int, invoice: UUID | None = None, credit: UUID | None = None) -> Event:
    return BankPaymentAllocated(amount_ore=ore, invoice_id=invoice, workspace_id=credit)


def gone(ore: int, reference: str | None = None, on: date = DAY) -> Event:
    return BankPaymentReversed(amount_ore=ore, paid_on=on, reference=reference)


def back(reference: str | None = None, on: date = DAY) -> Reverse:
    return Reverse(paid_on=on, reference=reference, at=AT)


def after(*events: Event) -> Scenario[BankPayment, Command, Event]:
    return scenario(decider).given(received, *events)


def test_no_more_of_it_is_given_than_is_left() -> None:
    for asked in (Offer(amount_ore=900), Offer()):
        after().when(asked).then_nothing()
    after().when(Offer(amount_ore=901)).then_refused("billing.not_enough_left")
    after(allocated(900, A)).when(Offer()).then_refused("billing.not_enough_left")
    after().when(Allocate(amount_ore=900, invoice_id=A)).then(allocated(900, A))
    more = Allocate(amount_ore=401, workspace_id=W)
    after(allocated(500, A)).when(more).then_refused("billing.not_enough_left")


def test_what_an_invoice_did_not_need_is_told_from_what_it_holds() -> None:
    both = after(allocated(500, A), allocated(300, A, W), allocated(100, credit=W))
    state: BankPayment = both.state()
    assert (state.on(invoice_id=A), state.on(invoice_id=A, workspace_id=W)) == (500, 300)
    assert (state.on(workspace_id=W), state.left_ore) == (100, 0)
    assert state.invoice_ids == [A]
    freed = BankPaymentFreed(amount_ore=300, invoice_id=A, workspace_id=W)
    both.when(Free(amount_ore=300, invoice_id=A, workspace_id=W)).then(freed)
    left: BankPayment = both.given(freed).state()
    assert (left.left_ore, left.was_for(A), left.was_for(B)) == (300, True, False)
    with pytest.raises(AssertionError):
        both.when(Free(amount_ore=501, invoice_id=A)).then_nothing()


def test_what_is_left_goes_back_once_under_each_reference() -> None:
    part = after(allocated(500, A))
    part.when(back("r")).then(gone(400, "r"))
    for refused, code in (
        (back("r", NEXT.replace(day=17)), "paid_in_future"),
        (back("r", DAY.replace(day=14)), "paid_on_implausible"),
    ):
        part.when(refused).then_refused(f"billing.{code}")
    returned = part.given(gone(400, "r"))
    returned.when(back("r")).then_nothing()
    for other in (back("s"), back("r", NEXT)):
        returned.when(other).then_refused("billing.payment_mismatch")
    freed = returned.given(BankPaymentFreed(amount_ore=500, invoice_id=A, workspace_id=None))
    freed.when(back("r")).then_nothing()  # that money went back long ago
    freed.when(back("s")).then(gone(500, "s"))
    after(allocated(900, A)).when(back("r")).then_refused("billing.not_enough_left")


def test_one_that_bounced_is_gone_without_a_reference() -> None:
    after().when(back()).then(gone(900))
    after(gone(900)).when(back()).then_nothing()
    after(allocated(900, A)).when(back()).then_nothing()
    assert after(allocated(500, A), gone(400)).state().reversed_ore == 400


def test_names_that_look_alike_are_one() -> None:
    for written in (" t-1", "T-1", "t\u200d-1", "\u2060t-1\ufeff", "Ｔ-１"):
        assert same_name(written) == "t-1", written


def test_a_payers_reference_is_one_if_its_last_digit_fits() -> None:
    for number in (10_001, 60_224, 99_999, 100_000):
        kid = number_series.kid(number)
        assert number_series.is_kid(kid)
        assert not any(
            number_series.is_kid(f"{kid[:-1]}{n}") for n in range(10) if f"{n}" != kid[-1]
        )
    assert number_series.kid(60_224) == "602243"
    for written in ("", "0", "1000 16", "-100016", "１０００１６", "faktura", "0" * 26):
        assert not number_series.is_kid(written), written
