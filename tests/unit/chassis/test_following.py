"""What an inbox takes of any deliveries: a prefix of the chain, once, in order."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as some

from chassis.hearing.cursors import following
from chassis.unit.envelope import Heard
from chassis.unit.feed import START

NONE = UUID(str(START["event_id"]))
CHAINS = some.lists(some.integers(1, 3), max_size=12)  # private events lie between told ones


def chain(steps: Sequence[int]) -> list[Heard]:
    """Return told events, each naming the one told before it."""
    events: list[Heard] = []
    position, previous = 0, NONE
    for step in steps:
        position += step
        events.append(
            Heard(
                source="boxes",
                position=position,
                previous=previous,
                event_id=UUID(int=1000 + position),
                type="boxes.noted",
                stream_id="box",
                time=datetime(2026, 1, 1, tzinfo=UTC),
                correlation_id="",
                workspace_id=None,
                data={},
            )
        )
        previous = events[-1].event_id
    return events


def heard_in_batches(
    deliveries: Sequence[Heard], sizes: Sequence[int]
) -> tuple[list[Heard], list[bool]]:
    """Let a cursor meet these deliveries, in batches of these sizes."""
    position, event_id, taken, answers, rest = 0, NONE, list[Heard](), list[bool](), deliveries
    for size in [*sizes, len(deliveries)]:
        batch, rest = rest[:size], rest[size:]
        more, whole = following(position, event_id, batch)
        taken += more
        answers.append(whole)
        if more:
            position, event_id = more[-1].position, more[-1].event_id
    return taken, answers


@given(some.data(), CHAINS, some.lists(some.integers(1, 5), max_size=8))
def test_however_a_chain_is_shuffled_repeated_and_lost_a_prefix_is_taken_once_in_order(
    data: some.DataObject, steps: list[int], sizes: list[int]
) -> None:
    events = chain(steps)
    deliveries = data.draw(some.lists(some.sampled_from(events), max_size=30)) if events else []
    taken, answers = heard_in_batches(deliveries, sizes)
    assert taken == events[: len(taken)]
    seen = {each.position for each in deliveries}
    if all(answers):  # nobody was told that something is missing: nothing delivered is lost
        assert seen == {each.position for each in taken}


@given(CHAINS, some.lists(some.integers(1, 5), max_size=8))
def test_a_whole_chain_in_order_is_taken_whole_in_batches_of_any_size(
    steps: list[int], sizes: list[int]
) -> None:
    events = chain(steps)
    twice = [each for event in events for each in (event, event)]
    assert heard_in_batches(twice, sizes) == (events, [True] * (len(sizes) + 1))


@given(some.data(), some.lists(some.integers(1, 3), min_size=2, max_size=12))
def test_a_lost_event_is_noticed_and_nothing_after_it_taken(
    data: some.DataObject, steps: list[int]
) -> None:
    events = chain(steps)
    lost = data.draw(some.integers(0, len(events) - 2))
    taken, whole = following(0, NONE, events[:lost] + events[lost + 1 :])
    assert (taken, whole) == (events[:lost], False)


def test_another_past_is_not_taken_although_its_positions_fit() -> None:
    ours, theirs = chain([1, 1]), chain([1, 2])
    taken, whole = following(ours[1].position, ours[1].event_id, [theirs[1]])
    assert (taken, whole) == ([], False)
