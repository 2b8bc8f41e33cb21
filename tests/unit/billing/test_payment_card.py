"""A payment by card: every cell of state and command, and all orders of what Stripe tells."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from billing.domain.clearance import Terms
from billing.domain.payment import decider
from billing.domain.payment_events import (
    AdvanceLost,
    AdvanceReturnDue,
    CardPaymentFailed,
    CardPaymentHeld,
    ClearanceRepeated,
    TargetForgotten,
    TargetUndisputed,
)
from billing.domain.payment_messages import (
    Capture,
    Deliver,
    EndCheckout,
    EndDispute,
    Fail,
    FailCharge,
    Forget,
    LoseDispute,
    NoteDispute,
    NoteReturn,
    OpenCheckout,
    Reconsider,
    Refund,
    RequestClearance,
    StartCharge,
    TakeCard,
)
from billing.domain.payment_states import Advance, Asked, Charging, Refunded
from billing.domain.pricing import Price
from chassis.domain import fold
from chassis.errors import ServiceError
from chassis.testing.spec import scenario
from unit.billing.carded import (
    ADVANCE,
    ANOTHER,
    AT,
    CALL,
    DISPUTE,
    PAID_ORE,
    PRICE,
    RECEIPT,
    REFUND,
    STATES,
    TARGET,
    TOMORROW,
    WORKSPACE,
    by_invoice,
    captured,
    cleared,
    consumed,
    disputed,
    due,
    expired,
    noted,
    opened,
    refused,
    returned,
    started,
)

payment = scenario(decider)
without_credit = Terms(price=PRICE, refusal=None, organization_number=None)
by_card = replace(without_credit, by_card=True)
request = RequestClearance(
    workspace_id=WORKSPACE, target=TARGET, run=2, max_price_ore=None, terms=by_card, at=AT
)
open_1 = OpenCheckout(
    attempt=1,
    session_id="cs_1",
    price=PRICE,
    vat_rate_bp=2_500,
    amount_ore=PAID_ORE,
    expires_at=TOMORROW,
    at=AT,
)
charge = StartCharge(
    charge_id=CALL,
    price=PRICE,
    vat_rate_bp=2_500,
    amount_ore=PAID_ORE,
    payment_method_id="pm_1",
    at=AT,
)
capture = Capture(attempt=1, amount_ore=PAID_ORE, payment_intent_id="pi_1", at=AT)
COMMANDS: dict[str, Any] = {
    "request": request,
    "request anew": replace(request, run=3),
    "reconsider": Reconsider(terms=by_card, at=AT),
    "may a card pay": TakeCard(price=PRICE, refusal=None, at=AT),
    "may it, free": TakeCard(price=replace(PRICE, price_ore=0), refusal=None, at=AT),
    "may it, suspended": TakeCard(price=PRICE, refusal="workspace_suspended", at=AT),
    "open": open_1,
    "charge": charge,
    "charge, another call": replace(charge, charge_id=ANOTHER),
    "capture": capture,
    "capture, another intent": replace(capture, payment_intent_id="pi_2"),
    "capture, an øre off": replace(capture, payment_intent_id="pi_2", amount_ore=PAID_ORE - 1),
    "capture, unknown attempt": replace(capture, payment_intent_id="pi_2", attempt=9),
    "end": EndCheckout(attempt=1, reason="expired", terms=by_card, at=AT),
    "end, another attempt": EndCheckout(attempt=0, reason="expired", terms=by_card, at=AT),
    "decline": FailCharge(attempt=1, code="card_declined", terms=by_card, at=AT),
    "no card": FailCharge(attempt=None, code="no_saved_card", terms=by_card, at=AT),
    "deliver": Deliver(
        workspace_id=WORKSPACE,
        target=TARGET,
        title="Storgata 2",
        completed_at=AT,
        invoice_id=RECEIPT,
    ),
    "fail": Fail(run=2, refund_id=REFUND),
    "fail, an older run": Fail(run=1, refund_id=REFUND),
    "forget": Forget(refund_id=REFUND),
    "refund": Refund(refund_id=REFUND, whole=True),
    "refund a part": Refund(refund_id=REFUND, whole=False),
    "given back elsewhere": NoteReturn(refund_id=REFUND),
    "dispute": NoteDispute(dispute_id=DISPUTE),
    "dispute ended": EndDispute(dispute_id=DISPUTE, refund_id=REFUND),
    "dispute lost": LoseDispute(dispute_id=DISPUTE, amount_ore=100_000, refund_id=REFUND),
}

_: Any = None
NOT_FOUND, UNSOLD, DISPUTED = "payment_not_found", "already_billed", "disputed"
RUNNING, OPEN, ASK = "charge_running", "checkout_open", "not_requested"
NOTHING, NO_CARD, TWICE, EARLY = (
    *("nothing_captured", "not_a_card_payment", "already_refunded", "not_delivered_yet"),
)
IMPOSSIBLE = AssertionError  # nobody does that


def held(why: str, ore: int = PAID_ORE, intent: str = "pi_2") -> CardPaymentHeld:
    return CardPaymentHeld(amount_ore=ore, payment_intent_id=intent, why=why)


again = replace(refused, run=3)
due_3, twice = replace(due, run=3), ClearanceRepeated(run=3)
new: tuple[Any, ...] = (captured, cleared)
other = (replace(captured, payment_intent_id="pi_2"), cleared)
off, strange = held("amount_mismatch", PAID_ORE - 1), held("unknown_attempt")
declined = CardPaymentFailed(attempt=1, code="card_declined")
untried = CardPaymentFailed(attempt=None, code="no_saved_card")
gone, unpaid = TargetForgotten(), TargetForgotten(unpaid=True)
ended = TargetUndisputed(dispute_id=DISPUTE)
lost = AdvanceLost(dispute_id=DISPUTE, amount_ore=100_000, returned_ore=25_000, refund_id=REFUND)
deleted = replace(returned, reason="project_deleted")
by_hand, elsewhere = (replace(returned, reason=each) for each in ("by_hand", "dashboard"))
waits = AdvanceReturnDue(reason="project_failed")
waits_gone = AdvanceReturnDue(reason="project_deleted")
second = (replace(opened, attempt=2),)
N = IMPOSSIBLE

# by command, in the order of STATES: none, Unasked | Required, tried | ChargeAwaited, Charging,
# CheckoutOpen | Cleared, tried | Advance, disputed, due back | Delivered, disputed | Refunded |
# Forgotten. Events, a code, or nothing.
CELLS: dict[str, tuple[Any, ...]] = {
    "request": (due, due, due, due, _, _, refused, _, _, _, _, _, _, _, due, _),
    "request anew": (
        *(due_3, due_3, due_3, due_3, again, again, again),
        *(twice, twice, twice, twice, again, twice, twice, due_3, _),
    ),
    "reconsider": (_, _, refused, refused, *[_] * 12),
    "may a card pay": (
        *(N, N, _, _, RUNNING, RUNNING, _),
        *([UNSOLD] * 7),
        *(ASK, NOT_FOUND),
    ),
    "may it, free": (
        *(N, N, "free", "free", RUNNING, RUNNING, "free"),
        *([UNSOLD] * 7),
        *(ASK, NOT_FOUND),
    ),
    "may it, suspended": (
        *(N, N, *["workspace_suspended"] * 2, RUNNING, RUNNING, "workspace_suspended"),
        *([UNSOLD] * 7),
        *(ASK, NOT_FOUND),
    ),
    "open": (N, N, opened, N, RUNNING, RUNNING, _, *[UNSOLD] * 7, ASK, NOT_FOUND),
    "charge": (
        *(N, N, started, replace(started, attempt=2), started, _, OPEN),
        *([UNSOLD] * 7),
        *(ASK, NOT_FOUND),
    ),
    "charge, another call": (
        *(N, N, replace(started, charge_id=ANOTHER)),
        *(replace(started, attempt=2, charge_id=ANOTHER), replace(started, charge_id=ANOTHER)),
        *(RUNNING, OPEN),
        *([UNSOLD] * 7),
        *(ASK, NOT_FOUND),
    ),
    "capture": (
        *(N, N, held("unknown_attempt", intent="pi_1"), new),
        *(held("unknown_attempt", intent="pi_1"), new, new),
        *(held("unknown_attempt", intent="pi_1"), held("paid_twice", intent="pi_1")),
        *([_] * 6),
        held("target_gone", intent="pi_1"),
    ),
    "capture, another intent": (
        *(N, N, strange, other, strange, other, other, strange),
        *([held("paid_twice")] * 7),
        held("target_gone"),
    ),
    "capture, an øre off": (
        *(N, N, held("unknown_attempt", PAID_ORE - 1), off),
        *(held("unknown_attempt", PAID_ORE - 1), off, off),
        held("unknown_attempt", PAID_ORE - 1),
        *([off] * 8),
    ),
    "capture, unknown attempt": (N, N, *[strange] * 14),
    "end": (*[_] * 6, (expired, refused), *[_] * 9),
    "end, another attempt": (_,) * 16,
    "decline": (*[_] * 5, (declined, refused), *[_] * 10),
    "no card": (*[_] * 4, (untried, refused), *[_] * 11),
    "deliver": (noted, _, *[noted] * 5, _, _, *[consumed] * 3, *[_] * 4),
    "fail": (*[_] * 9, returned, waits, *[_] * 5),
    "fail, an older run": (_,) * 16,
    "forget": (
        *(_, gone, unpaid, unpaid, unpaid, unpaid, unpaid, gone, gone),
        *((gone, deleted), (gone, waits_gone), gone, gone, gone, gone, _),
    ),
    "refund": (
        *(N, N, *[NOTHING] * 5, NO_CARD, NO_CARD),
        *(by_hand, DISPUTED, DISPUTED, _, DISPUTED, TWICE, NOT_FOUND),
    ),
    "refund a part": (
        *(N, N, *[NOTHING] * 5, NO_CARD, NO_CARD),
        *(EARLY, DISPUTED, DISPUTED, _, DISPUTED, TWICE, NOT_FOUND),
    ),
    "given back elsewhere": (*[_] * 9, elsewhere, elsewhere, elsewhere, *[_] * 4),
    "dispute": (_, _, *[disputed] * 8, _, _, disputed, _, disputed, disputed),
    "dispute ended": (*[_] * 10, ended, (ended, returned), _, ended, _, _),
    "dispute lost": (*[_] * 9, lost, lost, lost, _, ended, _, _),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_what_each_command_does_in_each_state(command: str) -> None:
    assert len(CELLS[command]) == len(STATES)
    for (name, given), expected in zip(STATES.items(), CELLS[command], strict=True):
        assert outcome(given, COMMANDS[command]) == _as_events(expected), name


def outcome(given: list[Any], command: Any) -> Any:
    """Return the events, the code, or that nobody does that; and let the stream go on."""
    state = fold(decider, given)
    try:
        events = decider.decide(state, command)
    except ServiceError as refusal:
        return refusal.code.removeprefix("billing.")
    except AssertionError:
        return IMPOSSIBLE
    fold(decider, events, state)
    return events


def _as_events(expected: Any) -> Any:
    if expected is None:
        return []
    if isinstance(expected, str) or expected is IMPOSSIBLE:
        return expected
    return list(expected) if isinstance(expected, tuple) else [expected]


def test_each_command_about_cards_has_its_cells() -> None:
    assert set(CELLS) == set(COMMANDS)


def test_all_orders_of_what_stripe_tells_of_a_paid_session_end_alike() -> None:
    """Two say that it is paid; a card was declined before, and the session is over at last."""
    told: tuple[Any, ...] = (
        capture,
        capture,
        FailCharge(attempt=1, code="card_declined", terms=by_card, at=AT),
        EndCheckout(attempt=1, reason="expired", terms=by_card, at=AT),
    )
    ends = set()
    for order in permutations(told):
        state: Any = fold(decider, STATES["CheckoutOpen"])
        for command in order:
            state = fold(decider, decider.decide(state, command), state)
        ends.add(state)
    assert ends == {fold(decider, STATES["Advance"])}


def test_a_session_of_an_older_attempt_that_is_paid_clears_what_it_was_opened_for() -> None:
    dearer = Price(price_ore=200_000, price_version=1)
    second = replace(opened, attempt=2, session_id="cs_2", price=dearer, amount_ore=250_000)
    before: list[Any] = [refused, opened, expired, refused, second, *new]
    stands = payment.given(*before).state()
    assert isinstance(stands, Advance)
    assert (stands.sale.price, stands.capture.amount_ore) == (PRICE, PAID_ORE)
    payment.given(*before).when(
        Capture(attempt=2, amount_ore=250_000, payment_intent_id="pi_2", at=AT)
    ).then(held("paid_twice", 250_000))


def test_a_session_that_has_expired_gives_way_to_the_next_or_to_a_charge() -> None:
    late = replace(open_1, attempt=2, session_id="cs_2", at=TOMORROW)
    following = replace(opened, attempt=2, session_id="cs_2")
    payment.given(refused, opened).when(late).then(expired, following)
    with pytest.raises(AssertionError):
        decider.decide(payment.given(refused, opened).state(), replace(late, at=AT))
    payment.given(refused, opened).when(replace(charge, at=TOMORROW)).then(
        expired, replace(started, attempt=2)
    )


def test_who_can_be_invoiced_by_now_is_when_a_card_did_not_pay() -> None:
    terms = replace(without_credit, organization_number="974760673")
    end = EndCheckout(attempt=1, reason="expired", terms=terms, at=AT)
    payment.given(refused, opened).when(end).then(expired, by_invoice)
    fail = FailCharge(attempt=1, code="card_declined", terms=terms, at=AT)
    payment.given(due, started).when(fail).then(declined, by_invoice)


def test_what_went_back_may_be_sold_again_and_its_attempts_go_on() -> None:
    before: list[Any] = [*ADVANCE, returned, again]
    third = replace(opened, attempt=2, session_id="cs_2")
    paid = replace(captured, attempt=2, payment_intent_id="pi_2")
    stands = payment.given(*before, third, paid, replace(cleared, run=3)).state()
    assert isinstance(stands, Advance)
    assert stands.order.run == 3
    assert stands.card.intents == ("pi_1", "pi_2")
    payment.given(*before, third, paid).when(capture).then_nothing()


def test_what_a_lost_dispute_leaves_of_an_advance_goes_back_and_all_of_it_may_be_lost() -> None:
    lose = LoseDispute(dispute_id=DISPUTE, amount_ore=200_000, refund_id=REFUND)
    whole = AdvanceLost(dispute_id=DISPUTE, amount_ore=PAID_ORE, returned_ore=0, refund_id=None)
    paid: list[Any] = [*ADVANCE, disputed]
    payment.given(*paid).when(lose).then(whole)
    stands = payment.given(*paid, whole).state()
    assert isinstance(stands, Refunded)
    assert stands.card.disputes == ()


def test_an_advance_that_is_due_back_waits_for_the_last_of_its_disputes() -> None:
    both: list[Any] = [*ADVANCE, disputed, replace(disputed, dispute_id=ANOTHER), waits]
    payment.given(*both).when(EndDispute(dispute_id=DISPUTE, refund_id=REFUND)).then(ended)
    payment.given(*both, ended).when(EndDispute(dispute_id=ANOTHER, refund_id=REFUND)).then(
        replace(ended, dispute_id=ANOTHER), returned
    )


def test_work_that_was_delivered_while_a_card_was_tried_is_known_when_it_pays() -> None:
    ways: list[list[Any]] = [[refused, opened], [due, started], [refused, started]]
    for way in ways:
        stands = payment.given(*way, noted, *new).state()
        assert isinstance(stands, Advance)
        assert stands.order.outcome is not None


def test_a_charge_stands_for_the_run_that_asked_last() -> None:
    ways: list[list[Any]] = [[due], [refused, started], [refused, opened]]
    for way in ways:
        paid: list[Any] = [started] if way == [due] else []
        stands = payment.given(*way, again, *paid, captured, replace(cleared, run=3)).state()
        assert isinstance(stands, Advance)
        assert stands.order.run == 3


def test_one_charge_of_many_calls_stands() -> None:
    first = payment.given(refused, started).state()
    assert isinstance(first, Charging)
    assert (first.charge_id, first.card.next) == (CALL, 2)


def test_a_charge_that_is_over_is_still_known_by_its_call_and_begun_by_no_repeat() -> None:
    failed = replace(refused, run=2)
    for over in ([declined, failed], new):
        stands = payment.given(refused, started, *over).state()
        assert isinstance(stands, Asked)
        attempt = stands.card.charge(CALL)
        assert attempt is not None
        assert attempt.failed == (declined.code if over[0] is declined else None)
        payment.given(refused, started, *over).when(charge).then_nothing()
    payment.given(refused, started, unpaid).when(charge).then_nothing()
