"""Hearing others: once, in order, with the effects and the cursor in one transaction."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from psycopg.errors import LockNotAvailable
from sqlalchemy import text

from chassis.envelope import Heard, heard
from chassis.errors import Rejected, Unavailable
from chassis.feed import START
from chassis.handling import App, Unit
from chassis.inbox import Consumer, SourceStopped
from embedded.postgres import Server
from integration import scales
from integration.box_database import (
    MINE,
    Database,
    all_at_once,
    call,
    database,
    number_all,
    open_box,
    put_in,
    told,
)


@pytest.fixture
def app(postgres_server: Server) -> Iterator[App]:
    with database(postgres_server) as own, own.app() as app:
        yield app


@pytest.fixture
def hearer(postgres_server: Server) -> Iterator[Database]:
    with database(postgres_server) as own:
        yield own


@pytest.fixture
def scales_app(hearer: Database) -> Iterator[App]:
    with hearer.app(scales.SERVICE) as app:
        yield app


@pytest.fixture
def consumer(scales_app: App) -> Consumer:
    return Consumer(scales_app, "boxes", [scales.WEIGHT_ADDED])


def packed(app: App, weights: Sequence[int]) -> list[Heard]:
    """Tell of one box and of a thing of each weight put into it."""
    box_id = open_box(app)
    for number, weight_g in enumerate(weights):
        put_in(app, box_id, str(number), weight_g)
    number_all(app)
    return [heard(item) for item in told(app)]


def pages(app: App, most: int = 200) -> Callable[[Any], dict[str, Any]]:
    """Return the source's `events_read`."""

    def read(after: Any) -> dict[str, Any]:
        items = [each for each in told(app) if each["position"] > after["position"]]
        return {"items": items[:most]}

    return read


def tally(hearer: Database) -> tuple[int, int]:
    rows = hearer.rows("select count, total_g from tally")
    return (rows[0][0], rows[0][1]) if rows else (0, 0)


def at(event: Heard) -> dict[str, Any]:
    return {"position": event.position, "event_id": str(event.event_id)}


def test_a_new_consumer_stands_at_the_start_and_an_old_one_where_it_was(
    app: App, scales_app: App, consumer: Consumer
) -> None:
    assert consumer.cursor() == START
    events = packed(app, [5])
    consumer.accept(events)
    assert Consumer(scales_app, "boxes", []).cursor() == at(events[-1])
    assert Consumer(scales_app, "shelves", []).cursor() == START


def test_an_event_heard_twice_counts_once(app: App, hearer: Database, consumer: Consumer) -> None:
    events = packed(app, [5, 7])
    assert consumer.accept(events)
    assert consumer.accept(events)
    assert consumer.accept([events[0], events[0], *events])
    assert tally(hearer) == (2, 12)
    assert consumer.cursor() == at(events[-1])


def test_a_repeat_in_the_same_batch_counts_once(
    app: App, hearer: Database, consumer: Consumer
) -> None:
    events = packed(app, [5, 7])
    assert consumer.accept([each for event in events for each in (event, event)])
    assert tally(hearer) == (2, 12)


def test_a_gap_is_noticed_and_what_is_missing_is_pulled(
    app: App, hearer: Database, consumer: Consumer
) -> None:
    events = packed(app, [1, 2, 3, 4])
    assert not consumer.accept([events[0], events[1], events[3], events[4]])
    assert tally(hearer) == (1, 1)
    assert consumer.cursor() == at(events[1])
    assert not consumer.accept([events[4]])
    assert consumer.pull(pages(app)) == 3
    assert tally(hearer) == (4, 10)
    assert consumer.pull(pages(app)) == 0


def test_any_order_of_delivery_ends_the_same(
    app: App, hearer: Database, consumer: Consumer
) -> None:
    events = packed(app, list(range(1, 13)))
    chance = random.Random(4)
    for _ in range(20):
        consumer.accept(chance.choices(events, k=5))
    consumer.pull(pages(app, 5))
    assert tally(hearer) == (12, 78)


@pytest.mark.parametrize(
    "bad,cause", [(scales.UNREADABLE_G, ValueError), (scales.TOO_HEAVY_G, Rejected)]
)
def test_an_event_that_fails_stops_the_source_loudly_and_all_before_it_is_kept(
    app: App, hearer: Database, consumer: Consumer, bad: int, cause: type[Exception]
) -> None:
    events = packed(app, [1, 2, bad, 4])
    with pytest.raises(SourceStopped) as caught:
        consumer.accept(events)
    failed = events[3]
    assert caught.value.heard.event_id == failed.event_id
    assert isinstance(caught.value.cause, cause)
    assert f"boxes.weight_added at boxes:{failed.position} ({failed.event_id})" in str(caught.value)
    assert str(caught.value).startswith("scales stopped hearing boxes")
    assert tally(hearer) == (2, 3)
    assert consumer.cursor() == at(events[2])
    with pytest.raises(SourceStopped):
        consumer.pull(pages(app))
    assert tally(hearer) == (2, 3)


def test_an_event_whose_data_do_not_load_stops_the_source_too(app: App, consumer: Consumer) -> None:
    events = packed(app, [1])
    with pytest.raises(SourceStopped):
        consumer.accept([events[0], replace(events[1], data={"weight_g": "heavy"})])
    assert consumer.cursor() == at(events[0])


def test_fields_that_the_hearer_does_not_know_are_ignored(
    app: App, hearer: Database, consumer: Consumer
) -> None:
    events = packed(app, [1])
    assert consumer.accept([events[0], replace(events[1], data={**events[1].data, "new": [1]})])
    assert tally(hearer) == (1, 1)


def test_two_hundred_events_are_one_transaction(
    app: App, hearer: Database, consumer: Consumer
) -> None:
    events = packed(app, [1] * 199)
    assert len(events) == 200
    assert consumer.accept(events)
    assert tally(hearer) == (199, 199)
    assert hearer.one("select count(distinct xmin::text) from events") == 1
    assert hearer.one("select max(version) from events") == 199


def test_what_was_heard_stands_beside_what_it_caused(
    app: App, hearer: Database, consumer: Consumer
) -> None:
    events = packed(app, [1, 2])
    consumer.accept(events)
    for event, (meta,) in zip(
        events[1:], hearer.rows("select meta from events order by version"), strict=True
    ):
        assert meta["heard"] == {**at(event), "source": "boxes", "type": "boxes.weight_added"}
        assert meta["causation"] == str(event.event_id)
        assert meta["correlation"] == "the-correlation"
        assert meta["actor"] == "service:scales"


def cutting(after: int, cut: Callable[[Unit], object]) -> Callable[[Unit, Heard], object]:
    """Return a reaction that is cut off after so many events, once."""
    seen: list[Heard] = []

    def react(unit: Unit, event: Heard) -> object:
        done = scales.weigh(unit, event)
        seen.append(event)
        if len(seen) == after:
            unit.write()
            cut(unit)
        return done

    return react


def killed(unit: Unit) -> None:
    unit.execute(text("select pg_terminate_backend(pg_backend_pid())"))


def away(unit: Unit) -> None:
    raise Unavailable("scales.away")


@pytest.mark.parametrize("cut", [killed, away])
@pytest.mark.parametrize("after", [1, 3, 4])
def test_effects_and_cursor_move_together_or_not_at_all(
    app: App, scales_app: App, hearer: Database, cut: Callable[[Unit], object], after: int
) -> None:
    events = packed(app, [1, 2, 3, 4])
    once = replace(scales.WEIGHT_ADDED, react=cutting(after, cut))
    consumer = Consumer(scales_app, "boxes", [once])
    with pytest.raises(Unavailable):
        consumer.accept(events)
    assert tally(hearer) == (0, 0)
    assert hearer.one("select count(*) from events") == 0
    assert consumer.cursor() == START
    assert consumer.accept(events)
    assert tally(hearer) == (4, 10)


def test_two_processes_that_hear_the_same_count_it_once(
    app: App, hearer: Database, scales_app: App, consumer: Consumer
) -> None:
    packed(app, list(range(1, 41)))
    rivals = [Consumer(scales_app, "boxes", [scales.WEIGHT_ADDED]) for _ in range(4)]
    pulled = all_at_once([partial(each.pull, pages(app, 7)) for each in rivals])
    assert all(isinstance(each, int) for each in pulled), pulled
    assert tally(hearer) == (40, 820)


def test_the_cursor_is_held_while_what_was_heard_takes_effect(
    app: App, hearer: Database, scales_app: App
) -> None:
    held: list[Heard] = []

    def react(unit: Unit, event: Heard) -> None:
        with pytest.raises(LockNotAvailable):
            hearer.rows("select 1 from cursors for update nowait")
        held.append(event)

    watched = Consumer(scales_app, "boxes", [replace(scales.WEIGHT_ADDED, react=react)])
    assert watched.accept(packed(app, [1]))
    assert len(held) == 1


def test_a_rivals_append_to_the_same_stream_is_waited_for(
    app: App, hearer: Database, scales_app: App, consumer: Consumer
) -> None:
    events = packed(app, [1] * 50)

    def weigh() -> object:
        command = scales.Weigh(workspace_id=MINE, weight_g=100)
        return scales_app.handle(scales.tally, MINE, command, call())

    works: list[Callable[[], object]] = [partial(consumer.accept, events), *[weigh] * 10]
    ended = all_at_once(works)
    assert not [each for each in ended if isinstance(each, Exception)]
    assert tally(hearer) == (60, 1050)


def test_two_reactions_to_one_event_are_both_done(
    app: App, hearer: Database, scales_app: App
) -> None:
    twice = Consumer(scales_app, "boxes", [scales.WEIGHT_ADDED, scales.WEIGHT_ADDED])
    assert twice.accept(packed(app, [3, 4]))
    assert tally(hearer) == (4, 14)


def test_an_event_that_nobody_here_needs_only_moves_the_cursor(
    app: App, hearer: Database, consumer: Consumer
) -> None:
    open_box(app)
    number_all(app)
    assert consumer.pull(pages(app)) == 1
    assert hearer.one("select count(*) from events") == 0
    assert consumer.cursor()["position"] == 1
