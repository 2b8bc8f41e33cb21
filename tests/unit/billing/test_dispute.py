"""A dispute: every cell of state and command; funds once, in whatever order they are told."""

from dataclasses import replace
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest

from billing.domain.dispute import Inquiry, Lost, Open, Won, decider
from billing.domain.dispute_messages import (
    CloseDispute,
    DisputeClosed,
    DisputeFundsReinstated,
    DisputeFundsWithdrawn,
    DisputeOpened,
    OpenDispute,
    ReinstateFunds,
    WithdrawFunds,
)
from billing.domain.target import Target
from chassis.domain import fold
from chassis.testing.spec import scenario

dispute = scenario(decider)
about: dict[str, Any] = {
    "workspace_id": UUID(int=1),
    "payment_id": UUID(int=2),
    "target": Target(kind="image_project", id=UUID(int=3)),
    "provider_id": "dp_1",
    "amount_ore": 125_000,
    "reason": "fraudulent",
}
ask, open_ = (OpenDispute(**about, inquiry=each) for each in (True, False))
asked, opened = (DisputeOpened(**about, inquiry=each) for each in (True, False))
taken = DisputeFundsWithdrawn(balance_transaction_id="txn_1", amount_ore=125_000)
given = DisputeFundsReinstated(balance_transaction_id="txn_2", amount_ore=125_000)
lost = DisputeClosed(outcome="lost", settled_ore=125_000, loss_ore=25_000)
won = DisputeClosed(outcome="won", settled_ore=0, loss_ore=0)
STATES: dict[str, list[Any]] = {
    "Inquiry": [asked],
    "Open": [opened, taken],
    "Won": [opened, taken, given, won],
    "Lost": [opened, taken, lost],
}


def close(outcome: Any, settled_ore: int = 0, loss_ore: int = 0) -> CloseDispute:
    return CloseDispute(outcome=outcome, settled_ore=settled_ore, loss_ore=loss_ore)


def closed(outcome: Any, settled_ore: int = 0, loss_ore: int = 0) -> DisputeClosed:
    return DisputeClosed(outcome=outcome, settled_ore=settled_ore, loss_ore=loss_ore)


COMMANDS: dict[str, Any] = {
    "ask": ask,
    "open": open_,
    "take": WithdrawFunds(balance_transaction_id="txn_1", amount_ore=125_000),
    "take more": WithdrawFunds(balance_transaction_id="txn_3", amount_ore=1),
    "give": ReinstateFunds(balance_transaction_id="txn_2", amount_ore=125_000),
    "lose": close("lost", 125_000, 25_000),
    "lose nothing": close("lost"),
    "win": close("won"),
    "win what was lost": close("won", -125_000, -25_000),
    "come to nothing": close("warning_closed"),
    "be prevented": close("prevented"),
}
more = DisputeFundsWithdrawn(balance_transaction_id="txn_3", amount_ore=1)
CELLS: dict[str, tuple[Any, ...]] = {
    # Inquiry, Open, Won, Lost
    "ask": (None, None, None, None),
    "open": (opened, None, None, None),
    "take": (taken, None, None, None),
    "take more": (more, more, more, more),
    "give": (given, given, None, given),
    "lose": (lost, lost, None, lost),
    "lose nothing": (closed("lost"), closed("lost"), None, None),
    "win": (won, won, None, won),
    "win what was lost": (
        *[closed("won", -125_000, -25_000)] * 2,
        *(None, closed("won", -125_000, -25_000)),
    ),
    "come to nothing": (*[closed("warning_closed")] * 2, None, None),
    "be prevented": (*[closed("prevented")] * 2, None, None),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_cell_says_what_follows(command: str) -> None:
    for (name, before), expected in zip(STATES.items(), CELLS[command], strict=True):
        assert type(fold(decider, before)).__name__ == name
        case = dispute.given(*before).when(COMMANDS[command])
        case.then_nothing() if expected is None else case.then(expected)


def test_a_dispute_begins_when_it_is_first_heard_of() -> None:
    dispute.when(ask).then(asked)
    dispute.when(open_).then(opened)
    for command in list(COMMANDS.values())[2:]:
        with pytest.raises(AssertionError):
            decider.decide(None, command)
    assert decider.creates == (OpenDispute,)


def test_funds_are_counted_once_and_what_is_settled_does_not_stand() -> None:
    stands = dispute.given(opened, taken, lost).state()
    assert isinstance(stands, Lost)
    assert (stands.funds.standing_ore, stands.funds.loss_ore) == (0, 25_000)
    appeal = closed("won", -125_000, -25_000)
    appealed = dispute.given(opened, taken, lost, given, appeal).state()
    assert isinstance(appealed, Won)
    assert (appealed.funds.standing_ore, appealed.funds.loss_ore) == (0, 0)


def test_in_whatever_order_it_is_told_the_same_stands() -> None:
    told = (open_, ask, COMMANDS["take"], COMMANDS["give"], COMMANDS["take"])
    for order in permutations(told):
        first = open_ if open_ in order[:1] else ask
        state: Any = None
        for command in (first, *order):
            state = fold(decider, decider.decide(state, command), state)
        assert isinstance(state, Open)
        assert (state.funds.withdrawn_ore, state.funds.reinstated_ore) == (125_000, 125_000)


def test_an_inquiry_that_becomes_a_dispute_keeps_what_was_told_of_it() -> None:
    state = dispute.given(asked, taken).state()
    assert isinstance(state, Inquiry)
    after = dispute.given(asked, taken, replace(opened, amount_ore=100)).state()
    assert isinstance(after, Open)
    assert (after.opened.amount_ore, after.funds.withdrawn_ore) == (100, 125_000)


def test_of_its_ends_the_last_in_its_life_stands_whatever_is_told_last() -> None:
    for order in permutations(("warning_closed", "lost", "won")):
        state = dispute.given(opened, taken).state()
        for outcome in order:
            state = fold(decider, decider.decide(state, close(outcome)), state)
        assert (type(state), state.ended) == (Won, "won")
    came_to_nothing = dispute.given(asked, closed("warning_closed")).state()
    assert came_to_nothing.after("lost") == "lost"
    assert came_to_nothing.after(None) == "warning_closed"


def test_what_is_unsettled_follows_from_how_it_ended() -> None:
    stands = dispute.given(opened, taken).state()
    assert (stands.unsettled_ore("lost"), stands.unsettled_ore("won")) == (125_000, 0)
    gone = dispute.given(opened, taken, lost).state()
    assert (gone.unsettled_ore("lost"), gone.unsettled_ore("won")) == (0, -125_000)
