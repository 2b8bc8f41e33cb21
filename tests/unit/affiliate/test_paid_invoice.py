"""An invoice as affiliate knows it: every state asked for everything, and what it comes to."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from affiliate.domain.paid_invoice import (
    EntryMade,
    InvoiceNoted,
    NoteCredited,
    NoteEntry,
    NotePaid,
    NoteReversed,
    decider,
    target_ore,
)
from chassis.testing.spec import scenario

WORKSPACE, RELATIONSHIP, OTHER, ENTRY = (UUID(int=n) for n in range(1, 5))
PAID_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)

pay = NotePaid(
    workspace_id=WORKSPACE,
    invoice_number=10_001,
    net_ore=100_000,
    credited_net_ore=0,
    settlement=1,
    relationship_id=RELATIONSHIP,
    percent=20,
    earning_id=ENTRY,
    paid_at=PAID_AT,
)
paid = InvoiceNoted(
    workspace_id=WORKSPACE,
    invoice_number=10_001,
    net_ore=100_000,
    credited_net_ore=0,
    settlement=1,
    settled=True,
    relationship_id=RELATIONSHIP,
    percent=20,
    earning_id=ENTRY,
    paid_at=PAID_AT,
)
credit = NoteCredited(workspace_id=WORKSPACE, credited_net_ore=30_000)
credited_first = InvoiceNoted(
    workspace_id=WORKSPACE,
    invoice_number=None,
    net_ore=None,
    credited_net_ore=30_000,
    settlement=0,
    settled=False,
    relationship_id=None,
    percent=None,
    earning_id=None,
    paid_at=None,
)
credited = replace(paid, credited_net_ore=30_000)
reversed_ = replace(paid, settled=False)
# somebody else is bound by then, for another percentage: it stays what it was
again = replace(pay, settlement=2, relationship_id=OTHER, percent=50, earning_id=OTHER)
unknown_before = replace(paid, settlement=2, relationship_id=OTHER, percent=50, earning_id=OTHER)

HISTORIES: Mapping[str, list[Any]] = {
    "none": [],
    "never settled": [replace(credited_first, credited_net_ore=10_000)],
    "settled": [paid],
    "unsettled again": [paid, reversed_],
}
COMMANDS: Mapping[str, Any] = {
    "paid": pay,
    "paid again": again,
    "credited": credit,
    "reversed": NoteReversed(was_paid=True),
    "reversed, not paid": NoteReversed(was_paid=False),
    "entry": NoteEntry(earning_id=OTHER),
}
NOTHING: list[Any] = []
IT = AssertionError
CELLS: Mapping[str, list[Any]] = {
    "paid": [[paid], [replace(paid, credited_net_ore=10_000)], NOTHING, NOTHING],
    "paid again": [
        [unknown_before],
        [replace(unknown_before, credited_net_ore=10_000)],
        [replace(paid, settlement=2)],
        [replace(paid, settlement=2)],
    ],
    "credited": [
        [credited_first],
        [credited_first],
        [credited],
        [replace(credited, settled=False)],
    ],
    "reversed": [NOTHING, NOTHING, [reversed_], NOTHING],
    "reversed, not paid": [NOTHING, NOTHING, NOTHING, NOTHING],
    "entry": [IT, IT, [EntryMade(earning_id=OTHER)], [EntryMade(earning_id=OTHER)]],
}
WALKED = [
    (state, command, then)
    for command, row in CELLS.items()
    for state, then in zip(HISTORIES, row, strict=True)
]


@pytest.mark.parametrize(("state", "command", "then"), WALKED)
def test_every_state_answers_every_command(state: str, command: str, then: Any) -> None:
    story = scenario(decider).given(*HISTORIES[state]).when(COMMANDS[command])
    if then is IT:
        with pytest.raises(AssertionError, match="was settled"):
            story.then_nothing()
    else:
        story.then(*then)


@pytest.mark.parametrize("state", HISTORIES)
@pytest.mark.parametrize("command", [each for each in COMMANDS if each != "entry"])
def test_what_is_heard_twice_is_noted_once(state: str, command: str) -> None:
    before = scenario(decider).given(*HISTORIES[state])
    decided = decider.decide(before.state(), COMMANDS[command])
    before.given(*decided).when(COMMANDS[command]).then_nothing()


def test_a_credit_that_came_late_takes_nothing_back() -> None:
    story = scenario(decider).given(paid, credited)
    story.when(replace(credit, credited_net_ore=20_000)).then_nothing()
    story.when(replace(again, credited_net_ore=20_000)).then(replace(credited, settlement=2))
    story.when(replace(credit, credited_net_ore=30_001)).then(
        replace(credited, credited_net_ore=30_001)
    )


def test_an_entry_is_noted_once() -> None:
    story = scenario(decider).given(paid)
    story.when(NoteEntry(earning_id=ENTRY)).then_nothing()
    assert story.given(EntryMade(earning_id=OTHER), credited, reversed_).state().entries == (
        ENTRY,
        OTHER,
    )


@pytest.mark.parametrize(
    ("history", "comes_to"),
    [
        ([credited_first], 0),
        ([paid], 20_000),
        ([credited], 14_000),
        ([replace(credited, credited_net_ore=100_000)], 0),
        ([paid, reversed_], 0),
        ([paid, reversed_, replace(paid, settlement=2)], 20_000),
        ([replace(paid, relationship_id=None, percent=None, earning_id=None)], 0),
        ([replace(paid, net_ore=100_010, percent=25)], 25_003),
    ],
)
def test_its_entries_sum_to_the_percentage_of_what_is_paid(
    history: list[Any], comes_to: int
) -> None:
    assert target_ore(scenario(decider).given(*history).state()) == comes_to
