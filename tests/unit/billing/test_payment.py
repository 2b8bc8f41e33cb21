"""A payment: every cell of state and command."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from billing.domain.clearance import Terms
from billing.domain.payment import (
    decider,
)
from billing.domain.payment_events import (
    ClearanceRefused,
    ClearanceRepeated,
    DeliveryNoted,
    TargetCleared,
    TargetForgotten,
    TargetSettled,
    TargetUnsettled,
)
from billing.domain.payment_messages import (
    Deliver,
    Fail,
    Forget,
    Reconsider,
    RequestClearance,
    Settle,
    Unsettle,
)
from billing.domain.payment_states import (
    Cleared,
    Forgotten,
    Required,
    Unasked,
)
from billing.domain.pricing import Price
from billing.domain.target import Target
from chassis.testing.spec import scenario

WORKSPACE, OTHER = UUID(int=1), UUID(int=3)
TARGET = Target(kind="image_project", id=UUID(int=2))
AT = datetime(2026, 3, 4, 12, tzinfo=UTC)
PRICE, NOTHING, DEARER = (
    Price(price_ore=ore, price_version=version)
    for ore, version in ((100_000, 0), (0, 1), (100_100, 2))
)
NUMBER = "974760673"

by_invoice = Terms(price=PRICE, refusal=None, organization_number=NUMBER)
without_credit = replace(by_invoice, organization_number=None)
request = RequestClearance(
    workspace_id=WORKSPACE, target=TARGET, run=2, max_price_ore=None, terms=by_invoice, at=AT
)
cleared = TargetCleared(
    target=TARGET,
    run=2,
    workspace_id=WORKSPACE,
    method="invoice",
    price=PRICE,
    organization_number=NUMBER,
    at=AT,
)
free = replace(cleared, method="free", price=NOTHING, organization_number=None)
refused = ClearanceRefused(
    workspace_id=WORKSPACE,
    target=TARGET,
    run=2,
    max_price_ore=None,
    price=PRICE,
    reason="no_method",
)
too_dear = replace(refused, max_price_ore=99_999, reason="price_above_max")
noted = DeliveryNoted(workspace_id=WORKSPACE, target=TARGET, title="Storgata 2", completed_at=AT)
settled, forgotten = TargetSettled(at=AT), TargetForgotten()
unpaid = TargetForgotten(unpaid=True)

RECEIPT, REFUND = UUID(int=8), UUID(int=9)
deliver = Deliver(
    workspace_id=WORKSPACE,
    target=TARGET,
    title="Storgata 2",
    completed_at=AT,
    invoice_id=RECEIPT,
)
reconsider = Reconsider(terms=by_invoice, at=AT)
older, newer = replace(request, run=1), replace(request, run=3)
another = replace(newer, workspace_id=OTHER)

STATES: dict[str, list[Any]] = {
    "none": [],
    "Unasked": [noted],
    "Unasked, deleted": [noted, forgotten],
    "Required": [refused],
    "Required, too dear": [too_dear],
    "Required, delivered": [refused, noted],
    "Required, delivered, deleted": [refused, noted, forgotten],
    "Cleared": [cleared],
    "Cleared, settled": [cleared, settled],
    "Cleared, settled, unsettled": [cleared, settled, TargetUnsettled()],
    "Cleared, deleted": [cleared, forgotten],
    "Free": [free],
    "Forgotten": [refused, unpaid],
}
COMMANDS = {
    "older": older,
    "same": request,
    "newer": newer,
    "another": another,
    "reconsider": reconsider,
    "deliver": deliver,
    "fail": Fail(run=2, refund_id=REFUND),
    "forget": Forget(refund_id=REFUND),
    "settle": Settle(at=AT),
    "unsettle": Unsettle(),
}
NOT_CLEARED = "billing.payment_not_cleared"
TWICE = "billing.payment_exists"
again = ClearanceRepeated(run=3)
for_another = replace(cleared, workspace_id=OTHER, run=3)
at_1, at_3 = replace(cleared, run=1), replace(cleared, run=3)

# by state: what follows each of the commands, in their order; None is nothing
CELLS: dict[str, tuple[Any, ...]] = {
    "none": (at_1, cleared, at_3, for_another, None, noted, None, None, NOT_CLEARED, NOT_CLEARED),
    "Unasked": (
        *(at_1, cleared, at_3, for_another, None, None, None, forgotten, NOT_CLEARED, NOT_CLEARED),
    ),
    "Unasked, deleted": (
        *(at_1, cleared, at_3, for_another, None, None, None, None, NOT_CLEARED, NOT_CLEARED),
    ),
    "Required": (
        *(None, cleared, at_3, TWICE, cleared, noted, None, unpaid, NOT_CLEARED, NOT_CLEARED),
    ),
    "Required, too dear": (
        *(None, cleared, at_3, TWICE, None, noted, None, unpaid, NOT_CLEARED, NOT_CLEARED),
    ),
    "Required, delivered": (
        *(None, cleared, at_3, TWICE, cleared, None, None, forgotten, NOT_CLEARED, NOT_CLEARED),
    ),
    "Required, delivered, deleted": (
        *(None, cleared, at_3, TWICE, cleared, None, None, None, NOT_CLEARED, NOT_CLEARED),
    ),
    "Cleared": (None, None, again, TWICE, None, None, None, forgotten, settled, None),
    "Cleared, settled": (
        *(None, None, again, TWICE, None, None, None, forgotten, None, TargetUnsettled()),
    ),
    "Cleared, settled, unsettled": (
        *(None, None, again, TWICE, None, None, None, forgotten, settled, None),
    ),
    "Cleared, deleted": (None, None, again, TWICE, None, None, None, None, settled, None),
    "Free": (None, None, again, TWICE, None, None, None, forgotten, None, None),
    "Forgotten": (None,) * 10,
}

payment = scenario(decider)


def follows(given: list[Any], command: Any, expected: Any) -> None:
    story = payment.given(*given).when(command)
    if isinstance(expected, str):
        story.then_refused(expected)
    elif expected is None:
        story.then_nothing()
    else:
        story.then(expected)


@pytest.mark.parametrize("state", CELLS)
def test_what_each_command_does_in_each_state(state: str) -> None:
    assert len(CELLS[state]) == len(COMMANDS)
    for command, expected in zip(COMMANDS.values(), CELLS[state], strict=True):
        follows(STATES[state], command, expected)


def test_each_state_and_each_command_has_its_cells() -> None:
    assert set(CELLS) == set(STATES)
    reached = {type(payment.given(*given).state()) for given in STATES.values()}
    assert reached == {type(None), Unasked, Required, Cleared, Forgotten}
    asked = {type(each) for each in COMMANDS.values()}
    assert asked == {RequestClearance, Reconsider, Deliver, Fail, Forget, Settle, Unsettle}


unknown = replace(without_credit, refusal="workspace_unknown")
suspended = replace(by_invoice, refusal="workspace_suspended")


@pytest.mark.parametrize(
    ("terms", "most", "answer"),
    [
        (replace(unknown, price=DEARER), 1, "workspace_unknown"),
        (replace(suspended, price=DEARER), 1, "workspace_suspended"),
        (replace(suspended, price=NOTHING), None, "workspace_suspended"),
        (by_invoice, 99_999, "price_above_max"),
        (without_credit, 99_999, "price_above_max"),
        (replace(by_invoice, price=NOTHING), 0, "free"),
        (replace(without_credit, price=NOTHING), None, "free"),
        (by_invoice, 100_000, "invoice"),
        (by_invoice, None, "invoice"),
        (without_credit, None, "no_method"),
    ],
)
@pytest.mark.parametrize("waited", [False, True])
def test_the_first_that_holds_is_the_answer(
    terms: Terms, most: int | None, answer: str, waited: bool
) -> None:
    command: Any = replace(request, terms=terms, max_price_ore=most)
    given = []
    if waited:  # what is decided anew is answered alike
        given = [replace(refused, max_price_ore=most)]
        command = Reconsider(terms=terms, at=AT)
    expected: Any = replace(refused, max_price_ore=most, price=terms.price, reason=answer)
    if answer in ("free", "invoice"):
        number = NUMBER if answer == "invoice" else None
        expected = replace(cleared, method=answer, price=terms.price, organization_number=number)
    payment.given(*given).when(command).then(expected)


def test_what_waited_is_cleared_for_the_run_that_waits() -> None:
    waiting = replace(refused, run=3)

    payment.given(refused, waiting).when(reconsider).then(replace(cleared, run=3))


def test_what_is_free_is_paid_from_its_clearance_on_and_the_rest_when_it_is_settled() -> None:
    for given, paid_at in (
        ([free], AT),
        ([cleared], None),
        ([cleared, settled], AT),
        ([cleared, settled, TargetUnsettled()], None),
    ):
        stands = payment.given(*given).state()
        assert isinstance(stands, Cleared)
        assert stands.paid_at == paid_at


@pytest.mark.parametrize("before", [[refused, noted, forgotten], [noted, forgotten]])
def test_what_was_delivered_before_its_clearance_and_deleted_is_known_with_it(
    before: list[Any],
) -> None:
    stands = payment.given(*before, cleared).state()

    assert isinstance(stands, Cleared)
    assert stands.order.deleted
    assert stands.order.outcome is not None
    assert stands.order.outcome.title == "Storgata 2"
