"""What is written off, the VAT that is relieved of it, and what comes of it all the same."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.domain.invoice import decider
from billing.domain.invoice_events import (
    Event,
    InvoicePaid,
    InvoiceRecovered,
    InvoiceReminded,
    InvoiceWrittenOff,
)
from billing.domain.invoice_messages import Command, RecordPayment, ReversePayment, WriteOff
from chassis.errors import Rejected
from chassis.money import share
from chassis.testing.spec import scenario
from unit.billing.invoiced import (
    AT,
    DUE_ON,
    LATE,
    PAID_ON,
    drafted,
    issued,
    paid,
    part,
    part_reversed,
    pay,
    reverse,
    written_off,
)

invoice = scenario(decider)
out = invoice.given(drafted, issued)
lost = out.given(part, written_off)
relieve = WriteOff(ground="insolvency", vat_relief=True, has_reference=True, at=LATE)
reminded = tuple(InvoiceReminded(number=n, on=DUE_ON + timedelta(days=14 * n)) for n in (1, 2, 3))


def test_what_remains_is_written_off_with_its_share_of_the_vat() -> None:
    out.given(part).when(relieve).then(written_off)
    out.when(relieve).then(replace(written_off, amount_ore=250_000, vat_ore=50_000))
    assert lost.state().money.remaining_ore == 0


def test_without_relief_the_vat_is_lost_too() -> None:
    without = InvoiceWrittenOff(amount_ore=150_000, vat_ore=0, ground=None)

    out.given(part).when(WriteOff(ground="insolvency", at=LATE)).then(without)


@pytest.mark.parametrize("ground", ["collection_failed", "insolvency", "irrecoverable"])
def test_three_grounds_need_something_that_proves_them(ground: str) -> None:
    asked = replace(relieve, ground=ground)

    out.given(part).when(asked).then(replace(written_off, ground=ground))
    out.when(replace(asked, has_reference=False)).then_refused("billing.reference_missing")


@pytest.mark.parametrize("ground", [None, "", "bad_mood"])
def test_there_is_no_fifth_ground(ground: str | None) -> None:
    out.when(replace(relieve, ground=ground)).then_refused("billing.ground_missing")


def test_three_reminders_and_six_months_are_the_fourth() -> None:
    by_reminders = WriteOff(ground="reminders", vat_relief=True, at=LATE)
    first_moment = datetime(2026, 10, 13, 22, tzinfo=UTC)  # 14 October in Oslo

    patient = out.given(part, *reminded)
    patient.when(replace(by_reminders, at=first_moment)).then(
        replace(written_off, ground="reminders")
    )
    early = replace(by_reminders, at=first_moment - timedelta(seconds=1))
    with pytest.raises(Rejected) as refusal:
        decider.decide(patient.state(), early)
    assert refusal.value.code == "billing.vat_relief_too_early"
    assert refusal.value.details == {"from": "2026-10-14"}
    out.given(*reminded[:2]).when(by_reminders).then_refused("billing.vat_relief_too_early")


def test_what_comes_all_the_same_is_recovered_and_it_stays_written_off_until_all_came() -> None:
    came = replace(part, amount_ore=50_000, external_id="new")
    recovered = InvoiceRecovered(amount_ore=50_000, vat_ore=10_000)
    last = replace(came, amount_ore=100_000, external_id="last")

    lost.when(replace(pay, amount_ore=50_000, external_id="new")).then(recovered, came)
    since = lost.given(recovered, came)
    assert since.state().money.written_off_ore == 100_000
    since.when(replace(pay, amount_ore=100_001, external_id="last")).then(
        InvoiceRecovered(amount_ore=100_000, vat_ore=20_000), last, paid
    )


def test_what_was_recovered_and_leaves_again_is_written_off_again() -> None:
    came = replace(part, amount_ore=50_000, external_id="new")
    recovered = InvoiceRecovered(amount_ore=50_000, vat_ore=10_000)
    bounced = replace(part_reversed, amount_ore=50_000, external_id="new")
    again = InvoiceWrittenOff(amount_ore=50_000, vat_ore=10_000, ground=None)

    since = lost.given(recovered, came)
    since.when(replace(reverse, external_id="new")).then(bounced, again)
    assert since.given(bounced, again).state().money.loss == lost.state().money.loss


def test_what_was_paid_before_and_leaves_again_is_written_off_with_its_vat_too() -> None:
    again = InvoiceWrittenOff(amount_ore=100_000, vat_ore=20_000, ground=None)

    lost.when(reverse).then(part_reversed, again)
    unrelieved = out.given(part, replace(written_off, vat_ore=0, ground=None))
    unrelieved.when(reverse).then(part_reversed, replace(again, vat_ore=0))


@pytest.mark.parametrize("left_ore", [1, 2, 3, 7])
def test_the_vat_of_a_loss_is_not_blown_up_from_the_rounded_vat_of_its_first_ore(
    left_ore: int,
) -> None:
    all_but = replace(part, amount_ore=250_000 - left_ore)
    first = InvoiceWrittenOff(
        amount_ore=left_ore, vat_ore=share(left_ore, 50_000, 250_000), ground="insolvency"
    )
    bounced = replace(part_reversed, amount_ore=250_000 - left_ore)

    out.given(all_but).when(relieve).then(first)
    out.given(all_but, first).when(reverse).then(
        bounced,
        InvoiceWrittenOff(
            amount_ore=250_000 - left_ore, vat_ore=50_000 - first.vat_ore, ground=None
        ),
    )


def test_paid_after_all_it_is_an_invoice_like_others() -> None:
    back = replace(part, external_id="new", amount_ore=150_000)
    recovered = InvoiceRecovered(amount_ore=150_000, vat_ore=30_000)
    whole = lost.given(recovered, back, paid)
    gone = replace(part_reversed, amount_ore=150_000, external_id="new", was_paid=True)

    whole.when(replace(reverse, external_id="new")).then(gone)
    whole.given(gone).when(relieve).then(written_off)


Step = tuple[str, int, int]
STEPS = st.tuples(st.sampled_from(("pay", "reverse")), st.integers(0, 5), st.integers(1, 130_000))


@given(st.integers(0, 249_999), st.lists(STEPS, max_size=12), st.booleans())
def test_whatever_comes_and_goes_the_vat_of_a_loss_is_its_share(
    paid_ore: int, steps: list[Step], relief: bool
) -> None:
    """Odd øre and all: what is relieved follows what is still written off."""
    before = [replace(part, amount_ore=paid_ore)] if paid_ore else []
    state = out.given(*before).state()
    state, _ = after(state, replace(relieve, vat_relief=relief))
    relieved_ore = share(250_000 - paid_ore, 50_000, 250_000) if relief else 0
    for what, name, amount_ore in steps:
        state, events = after(state, _command(what, f"new {name}" if name else "known", amount_ore))
        for event in events:
            match event:
                case InvoiceWrittenOff(vat_ore=vat_ore):
                    relieved_ore += vat_ore
                case InvoiceRecovered(vat_ore=vat_ore):
                    relieved_ore -= vat_ore
                    assert vat_ore >= 0
        money = state.money
        assert relieved_ore == (money.loss.vat_left_ore if money.loss else 0)
        exact = money.written_off_ore / 5 if relief else 0
        assert 0 <= relieved_ore <= 50_000
        assert abs(relieved_ore - exact) < 1.5  # rounded when it was lost, cut when it comes
        if isinstance(events[-1:] and events[-1], InvoicePaid):
            assert (relieved_ore, money.written_off_ore, money.remaining_ore) == (0, 0, 0)
            return


def _command(what: str, name: str, amount_ore: int) -> RecordPayment | ReversePayment:
    if what == "reverse":
        return ReversePayment(source="bank", external_id=name, reason="bounced")
    return RecordPayment(
        amount_ore=amount_ore, paid_on=PAID_ON, source="bank", external_id=name, at=AT
    )


def after(state: Any, command: Command) -> tuple[Any, list[Event]]:
    """Return the state after a command, and what happened; a refused one does nothing."""
    try:
        events = decider.decide(state, command)
    except Rejected:
        return state, []
    for event in events:
        state = decider.evolve(state, event)
    return state, events
