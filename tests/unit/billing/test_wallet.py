"""A wallet: every cell of its commands; each reference once, and never below zero."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.domain.wallet import (
    Wallet,
    decider,
)
from billing.domain.wallet_messages import (
    AutoChargeSet,
    Command,
    CreditGranted,
    CreditRestored,
    CreditSpent,
    CreditTakenBack,
    Grant,
    MakeCustomer,
    Restore,
    SetAutoCharge,
    Spend,
    StripeCustomerMade,
    TakeBack,
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


@pytest.mark.parametrize(
    "command", [spend, take, restore, SetAutoCharge(enabled=True, has_card=True)]
)
def test_a_grant_opens_a_wallet_or_a_customer_at_stripe_and_nothing_else(command: Command) -> None:
    with pytest.raises(AssertionError):
        decider.decide(None, command)
    assert decider.creates == (Grant, MakeCustomer)


def test_a_card_pays_without_being_asked_once_there_is_one_and_its_owner_says_so() -> None:
    make = MakeCustomer(workspace_id=WORKSPACE, stripe_customer_id="cus_1")
    made = StripeCustomerMade(workspace_id=WORKSPACE, stripe_customer_id="cus_1")
    on, off = (SetAutoCharge(enabled=each, has_card=True) for each in (True, False))
    no_card = replace(on, has_card=False)
    is_on, is_off = (AutoChargeSet(enabled=each) for each in (True, False))

    wallet.when(make).then(made)
    wallet.given(granted).when(make).then(made)
    wallet.given(made).when(replace(make, stripe_customer_id="cus_2")).then_nothing()
    wallet.given(made).when(no_card).then_refused("billing.no_saved_card")
    wallet.given(made).when(off).then_nothing()
    wallet.given(made).when(on).then(is_on)
    wallet.given(made, is_on).when(no_card).then_nothing()
    wallet.given(made, is_on).when(replace(off, has_card=False)).then(is_off)
    charges = [
        wallet.given(*given).state()
        for given in ([granted, is_on], [made], [made, is_on], [made, is_on, is_off])
    ]
    assert [each.charges for each in charges if each] == [False, False, True, False]


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
            assert not isinstance(event, StripeCustomerMade | AutoChargeSet)
            sign = 1 if isinstance(event, CreditGranted | CreditRestored) else -1
            balance_ore += sign * event.amount_ore
            state = decider.evolve(state, event)
        assert state is not None and state.balance_ore == balance_ore >= 0
    assert state is not None and len(set(state.granted)) == len(state.granted)
