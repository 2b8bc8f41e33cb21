"""A transfer: every cell of its commands; received once, and never allocated beyond itself."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.domain.bank_payment import BankPayment, decider
from billing.domain.bank_payment_messages import (
    Allocate,
    BankPaymentAllocated,
    BankPaymentFreed,
    BankPaymentReceived,
    BankPaymentReversed,
    Command,
    Free,
    Receive,
    Reverse,
)
from chassis.errors import Rejected
from chassis.testing.spec import scenario

INVOICE, OTHER, WORKSPACE = (UUID(int=n) for n in range(1, 4))
DAY, AT = date(2026, 4, 1), datetime(2026, 4, 2, 12, tzinfo=UTC)
transfer = scenario(decider)

receive = Receive(source="bank", external_id="t-1", amount_ore=900, paid_on=DAY, kid="100016")
received = BankPaymentReceived(
    source="bank", external_id="t-1", amount_ore=900, paid_on=DAY, kid="100016"
)
to_invoice = BankPaymentAllocated(amount_ore=600, invoice_id=INVOICE, workspace_id=None)
to_credit = BankPaymentAllocated(amount_ore=300, invoice_id=None, workspace_id=WORKSPACE)
freed = BankPaymentFreed(amount_ore=600, invoice_id=INVOICE, workspace_id=None)


def test_a_transfer_is_received_once() -> None:
    transfer.when(receive).then(received)
    has = transfer.given(received)
    has.when(receive).then_nothing()
    has.when(replace(receive, kid=None)).then_nothing()  # the same transfer, read elsewhere
    has.when(replace(receive, amount_ore=901)).then_refused("billing.payment_mismatch")
    has.when(replace(receive, paid_on=date(2026, 4, 2))).then_refused("billing.payment_mismatch")
    transfer.when(replace(receive, amount_ore=0)).then_refused("billing.amount_not_positive")


def test_it_is_allocated_until_nothing_is_left_of_it() -> None:
    has = transfer.given(received)
    has.when(Allocate(amount_ore=600, invoice_id=INVOICE)).then(to_invoice)
    rest = has.given(to_invoice)
    rest.when(Allocate(amount_ore=300, workspace_id=WORKSPACE)).then(to_credit)
    rest.when(Allocate(amount_ore=0, invoice_id=OTHER)).then_nothing()
    with pytest.raises(Rejected) as refusal:
        decider.decide(rest.state(), Allocate(amount_ore=301, invoice_id=OTHER))
    assert refusal.value.code == "billing.not_enough_left"
    assert refusal.value.details == {"left_ore": 300}


def test_one_transfer_may_pay_two_invoices_and_each_holds_its_own_part() -> None:
    second = BankPaymentAllocated(amount_ore=300, invoice_id=OTHER, workspace_id=None)
    both = transfer.given(received, to_invoice, second)

    assert both.state().invoice_ids == [INVOICE, OTHER]
    assert (both.state().on(invoice_id=INVOICE), both.state().on(invoice_id=OTHER)) == (600, 300)
    assert both.given(freed).state().invoice_ids == [OTHER]
    assert both.given(freed).state().left_ore == 600


def test_what_is_freed_is_left_of_it_again() -> None:
    has = transfer.given(received, to_invoice, to_credit)
    has.when(Free(amount_ore=600, invoice_id=INVOICE)).then(freed)
    has.when(Free(amount_ore=0, invoice_id=OTHER)).then_nothing()
    has.given(freed).when(Allocate(amount_ore=600, invoice_id=OTHER)).then(
        replace(to_invoice, invoice_id=OTHER)
    )


def test_what_is_left_of_it_leaves_the_bank_once() -> None:
    gone = BankPaymentReversed(amount_ore=300, paid_on=DAY)
    rest_gone = replace(gone, amount_ore=600)

    has = transfer.given(received, to_invoice)
    has.when(Reverse(paid_on=DAY, at=AT)).then(gone)
    has.given(gone).when(Reverse(paid_on=DAY, at=AT)).then_nothing()
    has.given(gone).when(Allocate(amount_ore=1, invoice_id=OTHER)).then_refused(
        "billing.not_enough_left"
    )
    has.given(gone, freed).when(Reverse(paid_on=DAY, at=AT)).then(rest_gone)
    has.given(gone, freed, rest_gone).when(receive).then_nothing()


@pytest.mark.parametrize(
    "command",
    [
        Allocate(amount_ore=1),
        Allocate(amount_ore=-1, invoice_id=INVOICE),
        Free(amount_ore=1),
        Free(amount_ore=1, invoice_id=INVOICE, workspace_id=WORKSPACE),
        Free(amount_ore=-1, invoice_id=INVOICE),
        Free(amount_ore=601, invoice_id=INVOICE),
        Free(amount_ore=1, invoice_id=OTHER),
        Free(amount_ore=1, workspace_id=INVOICE),
    ],
)
def test_what_no_caller_may_ask_is_a_mistake(command: Command) -> None:
    with pytest.raises(AssertionError):
        decider.decide(transfer.given(received, to_invoice).state(), command)


@pytest.mark.parametrize(
    "command",
    [
        Allocate(amount_ore=1, invoice_id=INVOICE),
        Free(amount_ore=1, invoice_id=INVOICE),
        Reverse(paid_on=DAY, at=AT),
    ],
)
def test_what_was_never_received_is_nowhere(command: Command) -> None:
    with pytest.raises(AssertionError):
        decider.decide(None, command)
    assert decider.creates == (Receive,)


PLACES = st.sampled_from(
    ({"invoice_id": INVOICE}, {"invoice_id": OTHER}, {"workspace_id": WORKSPACE})
)
COMMANDS = st.one_of(
    st.builds(lambda ore, place: Allocate(amount_ore=ore, **place), st.integers(0, 950), PLACES),
    st.builds(lambda ore, place: Free(amount_ore=ore, **place), st.integers(0, 950), PLACES),
    st.builds(Reverse, paid_on=st.just(DAY), at=st.just(AT)),
)


@given(st.lists(COMMANDS, max_size=30))
def test_what_is_left_allocated_and_gone_is_always_what_came(commands: list[Command]) -> None:
    state: BankPayment | None = transfer.given(received).state()
    left_ore = 900
    for command in commands:
        try:
            events = decider.decide(state, command)
        except (Rejected, AssertionError):
            continue
        for event in events:
            left_ore += event.amount_ore if isinstance(event, BankPaymentFreed) else 0
            left_ore -= 0 if isinstance(event, BankPaymentFreed) else event.amount_ore
            state = decider.evolve(state, event)
        assert state is not None
        assert state.left_ore == left_ore >= 0
        assert all(share.amount_ore >= 0 for share in state.shares)
