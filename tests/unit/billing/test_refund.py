"""A refund: every cell of its states and commands."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from billing.domain.refund import (
    decider,
)
from billing.domain.refund_messages import (
    Command,
    Event,
    FailRefund,
    RefundFailed,
    RefundRequested,
    RefundReturned,
    RefundSent,
    RefundSubmitted,
    RequestRefund,
    SendRefund,
    SubmitRefund,
)
from chassis.domain import fold
from chassis.errors import Rejected
from chassis.testing.spec import scenario

WORKSPACE = UUID(int=1)
NOON, LATER = (datetime(2026, 4, day, 12, tzinfo=UTC) for day in (1, 2))
request = RequestRefund(
    workspace_id=WORKSPACE, rail="bank", of="credit", amount_ore=500, reason="by_hand", at=NOON
)
send = SendRefund(reference="b-1", paid_on=date(2026, 4, 1), at=LATER)
requested = RefundRequested(
    workspace_id=WORKSPACE,
    rail="bank",
    of="credit",
    amount_ore=500,
    reason="by_hand",
    credit_note_id=None,
    payment_id=None,
    payment_intent_id=None,
    target=None,
    whole=False,
    at=NOON,
)
submitted = RefundSubmitted(provider_id="re_1")
sent = RefundSent(rail="bank", amount_ore=500, reference="b-1", paid_on=date(2026, 4, 1))
failed, returned = RefundFailed(amount_ore=500), RefundReturned(amount_ore=500)

STATES: dict[str, tuple[Event, ...]] = {
    "Requested": (requested,),
    "Submitted": (requested, submitted),
    "Sent": (requested, sent),
    "Failed": (requested, failed),
    "Returned": (requested, sent, returned),
}
COMMANDS: dict[str, Command] = {
    "request": request,
    "request more": replace(request, amount_ore=501),
    "request of another account": replace(request, of="receivable"),
    "send": send,
    "send under another name": replace(send, reference="b-2"),
    "send on another day": replace(send, paid_on=date(2026, 4, 2)),
    "submit": SubmitRefund(provider_id="re_1"),
    "fail": FailRefund(),
}
EXISTS, MISMATCH, CLOSED = "refund_exists", "refund_mismatch", "refund_closed"
CELLS: dict[str, tuple[object, ...]] = {
    # Requested, Submitted, Sent, Failed, Returned: a code, an event, or None for nothing
    "request": (None, None, None, EXISTS, EXISTS),
    "request more": (EXISTS,) * 5,
    "request of another account": (EXISTS,) * 5,
    "send": (sent, sent, None, CLOSED, CLOSED),
    "send under another name": (*[replace(sent, reference="b-2")] * 2, MISMATCH, CLOSED, CLOSED),
    "send on another day": (
        *[replace(sent, paid_on=date(2026, 4, 2))] * 2,
        *(MISMATCH, CLOSED, CLOSED),
    ),
    "submit": (submitted, None, None, None, None),
    "fail": (failed, failed, returned, None, None),
}
refund = scenario(decider)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_cell_says_what_follows(state: str, command: str) -> None:
    assert type(fold(decider, STATES[state])).__name__ == state
    case = refund.given(*STATES[state]).when(COMMANDS[command])
    match CELLS[command][[*STATES].index(state)]:
        case None:
            case.then_nothing()
        case str(code):
            case.then_refused(f"billing.{code}")
        case event:
            case.then(event)  # type: ignore[arg-type]


def test_a_refund_begins_with_its_request() -> None:
    refund.when(request).then(requested)
    for command in (send, FailRefund()):
        with pytest.raises(AssertionError):
            decider.decide(None, command)
    assert decider.creates == (RequestRefund,)


@pytest.mark.parametrize("amount_ore", [0, -1])
def test_a_refund_is_at_least_one_ore(amount_ore: int) -> None:
    with pytest.raises(AssertionError):
        decider.decide(None, replace(request, amount_ore=amount_ore))


def test_sent_or_closed_it_never_comes_to_more_than_was_promised() -> None:
    for events in STATES.values():
        with pytest.raises(Rejected):
            decider.decide(fold(decider, events), replace(request, amount_ore=10_000))


def test_by_card_the_id_says_which_refund_it_was_on_whatever_day_it_is_heard() -> None:
    by_card = replace(requested, rail="card", of="advances", payment_intent_id="pi_1")
    done = replace(sent, rail="card", reference="re_1")
    again = replace(send, reference="re_1", paid_on=date(2026, 4, 2))
    refund.given(by_card, done).when(again).then_nothing()
    refund.given(by_card, done).when(replace(again, reference="re_2")).then_refused(
        "billing.refund_mismatch"
    )
