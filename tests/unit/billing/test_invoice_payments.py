"""What an invoice takes of a payment, and what leaves it again; to the øre."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from billing.domain.invoice import decider
from billing.domain.invoice_events import InvoicePaymentReversed
from billing.domain.invoice_messages import RecordPayment
from chassis.errors import Rejected
from chassis.testing.spec import scenario
from unit.billing.invoiced import (
    AT,
    ISSUED_ON,
    PAID_ON,
    STATES,
    all_credited,
    credit,
    credited,
    drafted,
    issued,
    paid,
    part,
    part_reversed,
    pay,
    pay_the_rest,
    rest,
    reverse,
)

invoice = scenario(decider)
out = invoice.given(drafted, issued)
rest_reversed = replace(part_reversed, amount_ore=150_000, external_id="rest")


def test_the_last_payment_pays_the_invoice_with_net_as_the_commission_s_base() -> None:
    out.given(part).when(pay_the_rest).then(rest, paid)


def test_all_at_once_pays_it_too() -> None:
    out.when(replace(pay, amount_ore=250_000)).then(replace(part, amount_ore=250_000), paid)


def test_it_takes_what_it_needs_and_not_an_ore_more() -> None:
    out.given(part).when(replace(pay_the_rest, amount_ore=150_001)).then(rest, paid)
    out.given(part).when(replace(pay_the_rest, amount_ore=149_999)).then(
        replace(rest, amount_ore=149_999)
    )
    invoice.given(*STATES["Paid"]).when(replace(pay, external_id="late")).then_nothing()


def test_it_was_paid_on_the_day_of_the_latest_payment_whatever_the_order() -> None:
    earlier = replace(pay_the_rest, paid_on=ISSUED_ON)

    out.given(part).when(earlier).then(replace(rest, paid_on=ISSUED_ON), paid)


def test_more_of_a_payment_that_it_has_is_one_payment() -> None:
    """Another 50 000 of the same transfer was allocated to it by hand."""
    more = replace(pay, amount_ore=150_000)

    out.given(part).when(more).then(replace(part, amount_ore=50_000))
    both = out.given(part, replace(part, amount_ore=50_000))
    assert [each.amount_ore for each in both.state().money.payments] == [150_000]
    both.when(more).then_nothing()
    both.when(pay).then_refused("billing.payment_mismatch")
    both.when(reverse).then(replace(part_reversed, amount_ore=150_000))


def test_another_source_may_use_the_same_name() -> None:
    out.given(part).when(replace(pay, source="manual")).then(replace(part, source="manual"))


def test_nobody_has_paid_tomorrow_and_tomorrow_begins_in_oslo() -> None:
    tomorrow = replace(pay, paid_on=date(2026, 4, 2))
    late = datetime(2026, 4, 1, 22, 0, tzinfo=UTC)  # midnight in Oslo

    out.when(replace(tomorrow, at=late - timedelta(seconds=1))).then_refused(
        "billing.paid_in_future"
    )
    out.when(replace(tomorrow, at=late)).then(replace(part, paid_on=date(2026, 4, 2), at=late))


def test_credit_pays_on_the_day_of_issue_even_where_a_slow_clock_has_not_come_to_it() -> None:
    slow = datetime(2026, 3, 30, 12, tzinfo=UTC)
    by_credit = replace(pay, source="credit", paid_on=ISSUED_ON, at=slow)

    out.when(by_credit).then(replace(part, source="credit", paid_on=ISSUED_ON, at=slow))
    out.when(replace(by_credit, paid_on=PAID_ON)).then_refused("billing.paid_in_future")


def test_money_may_come_up_to_thirty_days_before_the_issue() -> None:
    first = ISSUED_ON - timedelta(days=30)

    out.when(replace(pay, paid_on=first)).then(replace(part, paid_on=first))
    out.when(replace(pay, paid_on=first - timedelta(days=1))).then_refused(
        "billing.paid_on_implausible"
    )


@pytest.mark.parametrize("amount_ore", [0, -1])
def test_a_payment_is_at_least_one_ore(amount_ore: int) -> None:
    out.when(replace(pay, amount_ore=amount_ore)).then_refused("billing.amount_not_positive")


def test_a_payment_that_leaves_again_leaves_what_it_brought_and_may_come_again() -> None:
    out.given(part).when(reverse).then(part_reversed)
    bounced = out.given(part, part_reversed)
    bounced.when(reverse).then_nothing()
    assert bounced.state().money.remaining_ore == 250_000
    bounced.when(replace(pay, amount_ore=90_000)).then(replace(part, amount_ore=90_000))


def test_of_a_paid_invoice_it_was_paid_and_it_is_settled_a_second_time() -> None:
    was_paid = replace(part_reversed, was_paid=True)
    reopened = out.given(part, rest, paid, was_paid)

    out.given(part, rest, paid).when(reverse).then(was_paid)
    reopened.when(replace(reverse, external_id="rest")).then(rest_reversed)
    reopened.when(replace(pay, external_id="third")).then(
        replace(part, external_id="third"), replace(paid, settlement=2)
    )


def excess_of(amount_ore: int, excess_ore: int, external_id: str) -> InvoicePaymentReversed:
    return replace(
        part_reversed, amount_ore=amount_ore, excess_ore=excess_ore, external_id=external_id
    )


def test_what_had_left_it_as_excess_does_not_leave_it_a_second_time() -> None:
    """Paid 100 000 and 150 000; 50 000 was credited after that and left it."""
    overpaid = out.given(part, rest, paid, credited(40_000, excess_ore=50_000))

    first = replace(excess_of(150_000, 0, "rest"), was_paid=True)
    overpaid.when(replace(reverse, external_id="rest")).then(first)
    second = excess_of(50_000, 50_000, "known")
    overpaid.given(first).when(reverse).then(second)
    money = overpaid.given(first, second).state().money
    assert (money.paid_ore, money.remaining_ore) == (0, 200_000)


def test_a_payment_of_which_nothing_stands_any_more_is_reversed_once_and_changes_nothing() -> None:
    """Or it would take, reversed again, what another payment brought since."""
    overpaid = out.given(part, rest, paid, credited(80_000, excess_ore=100_000))
    others = replace(excess_of(150_000, 0, "rest"), was_paid=True)
    gone = excess_of(0, 100_000, "known")
    nothing_stands = overpaid.given(others)

    nothing_stands.when(reverse).then(gone)
    assert type(nothing_stands.given(gone).state()).__name__ == "Issued"
    came = replace(rest, external_id="new")
    again = nothing_stands.given(gone, came, replace(paid, settlement=2))
    again.when(reverse).then_nothing()
    nothing_stands.given(gone).when(pay).then(part)


def test_of_a_credited_one_only_what_went_to_credit_comes_back() -> None:
    gone = excess_of(0, 100_000, "known")

    out.given(part, all_credited).when(reverse).then(gone)
    assert type(out.given(part, all_credited, gone).state()).__name__ == "Credited"
    whole = credited(200_000, excess_ore=250_000)
    paid_back = out.given(part, rest, paid, whole)
    paid_back.when(reverse).then(gone)  # it was not paid by this payment any more
    assert type(paid_back.given(gone).state()).__name__ == "Paid"


def test_a_credit_note_takes_first_what_remains_then_what_was_paid() -> None:
    out.given(part).when(credit(40_000)).then(credited(40_000, excess_ore=0))
    out.given(part, rest, paid).when(credit(40_000)).then(credited(40_000, excess_ore=50_000))
    whole = out.given(part).when(credit(200_000))
    whole.then(all_credited)
    assert whole.given(all_credited).state().money.paid_ore == 0


def test_where_nothing_remains_after_it_the_rest_is_paid_and_earns_the_rest() -> None:
    settled = replace(paid, credited_net_ore=120_000, commission_base_ore=80_000)

    out.given(part).when(credit(120_000)).then(credited(120_000, excess_ore=0), settled)
    out.given(part).when(credit(160_000)).then(
        credited(160_000, excess_ore=50_000),
        replace(paid, credited_net_ore=160_000, commission_base_ore=40_000),
    )
    out.when(credit(200_000)).then(credited(200_000, excess_ore=0))  # unpaid: nobody earns


def test_no_more_is_credited_than_is_left_of_it() -> None:
    half = out.given(credited(120_000, excess_ore=0))

    half.when(credit(80_000)).then(credited(80_000, excess_ore=0, before_ore=120_000))
    with pytest.raises(Rejected) as refusal:
        decider.decide(half.state(), credit(80_001, 20_000))
    assert refusal.value.code == "billing.credit_too_large"
    assert refusal.value.details == {"left_ore": 80_000}
    half.when(credit(70_000, 20_001)).then_refused("billing.credit_too_large")


@pytest.mark.parametrize(("net_ore", "vat_ore"), [(0, 0), (-4, -1), (4, -1), (200_000, 49_999)])
def test_a_credit_that_lines_cannot_come_to_is_a_mistake_of_the_caller(
    net_ore: int, vat_ore: int
) -> None:
    with pytest.raises(AssertionError):
        decider.decide(out.state(), credit(net_ore, vat_ore))
    with pytest.raises(AssertionError):
        decider.decide(out.state(), replace(credit(400), gross_ore=501))


def test_a_paid_one_that_was_credited_whole_is_credited_no_more() -> None:
    whole = out.given(part, rest, paid, credited(200_000, excess_ore=250_000))

    whole.when(credit(4)).then_refused("billing.already_credited")


def test_after_a_credit_and_a_reversal_what_remains_is_what_is_not_credited() -> None:
    reopened = out.given(
        part,
        rest,
        paid,
        credited(40_000, excess_ore=50_000),
        replace(part_reversed, was_paid=True),
    )
    again = RecordPayment(
        amount_ore=999_999, paid_on=PAID_ON, source="bank", external_id="new", at=AT
    )

    assert reopened.state().money.remaining_ore == 100_000
    reopened.when(again).then(
        replace(part, external_id="new"),
        replace(paid, settlement=2, credited_net_ore=40_000, commission_base_ore=160_000),
    )
    reopened.when(credit(160_000)).then(credited(160_000, excess_ore=100_000, before_ore=40_000))
