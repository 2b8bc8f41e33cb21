"""A wallet: every cell of its commands; each reference once, and never below zero."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.domain.wallet import (
    Command,
    CreditGranted,
    CreditRestored,
    CreditSpent,
    CreditTakenBack,
    Grant,
    Restore,
    Spend,
    TakeBack,
    Wallet,
    decider,
)
from chassis.errors import Rejected
from chassis.testing.spec import scenario

WORKSPACE, INVOICE, OTHER, REFUND = (UUID(int=n) for n in range(1, 5))
wallet = scenario(decider)

grant = Grant(workspace_id=WORKSPACE, amount_ore=900, origin="overpayment", reference="g1")
spend = Spend(amount_ore=400, on="invoice", reference=str(INVOICE))
take = TakeBack(amount_ore=500, reference="t1")
restore = Restore(amount_ore=400, invoice_id=INVOICE)

granted = CreditGranted(
    workspace_id=WORKSPACE, amount_ore=900, origin="overpayment", reference="g1"
)
spent = CreditSpent(amount_ore=400, on="invoice", reference=str(INVOICE))
refunded = CreditSpent(amount_ore=500, on="refund", reference=str(REFUND))
taken = CreditTakenBack(amount_ore=500, reference="t1")
restored = CreditRestored(amount_ore=400, invoice_id=INVOICE)


def test_each_command_is_answered_once_for_each_reference() -> None:
    """The cells: state, command, and the events or the code."""
    has = wallet.given(granted)
    wallet.when(grant).then(granted)
    has.when(grant).then_nothing()
    has.when(replace(grant, amount_ore=1)).then_nothing()
    has.when(replace(grant, reference="g2")).then(replace(granted, reference="g2"))
    has.when(spend).then(spent)
    has.given(spent).when(spend).then_nothing()
    has.given(spent).when(Spend(amount_ore=501, on="invoice", reference=str(OTHER))).then_refused(
        "billing.credit_not_enough"
    )
    has.given(spent).when(Spend(amount_ore=500, on="refund", reference=str(REFUND))).then(refunded)
    has.given(spent, refunded).when(spend).then_nothing()
    has.given(spent).when(take).then(taken)
    has.given(spent, taken).when(take).then_nothing()
    has.given(spent, refunded).when(take).then_refused("billing.credit_already_used")
    has.when(restore).then_nothing()
    has.given(spent).when(restore).then(restored)
    has.given(spent, restored).when(restore).then_nothing()
    has.given(spent, restored).when(spend).then(spent)


def test_what_is_not_there_is_named() -> None:
    has = wallet.given(granted)
    with pytest.raises(Rejected) as few:
        decider.decide(has.state(), Spend(amount_ore=901, on="refund", reference="r"))
    with pytest.raises(Rejected) as used:
        decider.decide(has.given(spent, refunded).state(), take)

    assert few.value.details == {"balance_ore": 900}
    assert used.value.details == {"invoice_ids": [str(INVOICE)]}  # a refund cannot be reversed


def test_what_a_credit_note_sent_back_is_not_restored_a_second_time() -> None:
    part = Restore(amount_ore=300, invoice_id=INVOICE)
    back = CreditRestored(amount_ore=300, invoice_id=INVOICE)

    wallet.given(granted, spent).when(part).then(back)
    wallet.given(granted, spent, back).when(part).then_nothing()
    with pytest.raises(AssertionError):
        decider.decide(
            wallet.given(granted, spent).state(), Restore(amount_ore=401, invoice_id=INVOICE)
        )


@pytest.mark.parametrize("amount_ore", [0, -1])
def test_nothing_below_an_ore_is_moved(amount_ore: int) -> None:
    has = wallet.given(granted).state()
    for command in (
        Grant(workspace_id=WORKSPACE, amount_ore=amount_ore, origin="credit_note", reference="new"),
        Spend(amount_ore=amount_ore, on="refund", reference="new"),
        TakeBack(amount_ore=amount_ore, reference="new"),
    ):
        with pytest.raises(AssertionError):
            decider.decide(has, command)


@pytest.mark.parametrize("command", [spend, take, restore])
def test_only_a_grant_opens_a_wallet(command: Command) -> None:
    with pytest.raises(AssertionError):
        decider.decide(None, command)
    assert decider.creates == (Grant,)


COMMANDS = st.one_of(
    st.builds(
        Grant,
        workspace_id=st.just(WORKSPACE),
        amount_ore=st.integers(1, 99),
        origin=st.sampled_from(("overpayment", "credit_note", "refund_failed")),
        reference=st.sampled_from("abc"),
    ),
    st.builds(
        Spend,
        amount_ore=st.integers(1, 99),
        on=st.just("invoice"),
        reference=st.sampled_from((str(INVOICE), str(OTHER))),
    ),
    st.builds(TakeBack, amount_ore=st.integers(1, 99), reference=st.sampled_from("abc")),
    st.builds(Restore, amount_ore=st.integers(0, 9), invoice_id=st.sampled_from((INVOICE, OTHER))),
)


@given(st.lists(COMMANDS, max_size=30))
def test_the_balance_is_what_its_events_say_and_never_below_zero(commands: list[Command]) -> None:
    state: Wallet | None = wallet.given(granted).state()
    balance_ore = 900
    for command in commands:
        try:
            events = decider.decide(state, command)
        except (Rejected, AssertionError):
            continue
        for event in events:
            sign = 1 if isinstance(event, CreditGranted | CreditRestored) else -1
            balance_ore += sign * event.amount_ore
            state = decider.evolve(state, event)
        assert state is not None and state.balance_ore == balance_ore >= 0
    assert state is not None and len(set(state.granted)) == len(state.granted)
