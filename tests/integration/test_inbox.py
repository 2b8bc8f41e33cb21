"""Hearing others: once, in order, with the effects and the cursor in one transaction."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from psycopg.errors import LockNotAvailable
from sqlalchemy import text

from chassis.errors import Internal, Unavailable
from chassis.hearing.forgotten import digest
from chassis.hearing.inbox import Consumer
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Heard
from chassis.unit.feed import START
from chassis.unit.handling import App
from integration.stages import scales
from integration.stages.box_database import (
    MINE,
    Database,
    all_at_once,
    call,
    database,
    number_all,
    open_box,
)
from integration.stages.box_hearers import at, packed, pages, tally
from servers.postgres import Server


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


def test_an_event_that_does_not_follow_what_its_source_told_before_it_is_a_bug(
    app: App, hearer: Database, consumer: Consumer
) -> None:
    packed(app, [1, 2, 3])
    read = pages(app)

    def torn(after: Mapping[str, Any]) -> dict[str, Any]:
        page = read(after)
        return {**page, "items": page["items"][1:]}

    with pytest.raises(Internal, match="does not follow"):
        consumer.pull(torn)
    assert tally(hearer) == (0, 0)
    assert not consumer.stopped()


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
        named = {"source": "boxes", "type": "boxes.weight_added", "stream_id": event.stream_id}
        assert meta["heard"] == {**at(event), **named, "sha256": digest(event.data)}
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
    rivals = [Consumer(scales_app, "boxes", [scales.WEIGHT_ADDED]) for _ in range(3)]
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


def test_a_second_consumer_of_a_source_has_a_name_and_a_cursor_of_its_own(
    app: App, hearer: Database, scales_app: App, consumer: Consumer
) -> None:
    events = packed(app, [1, 2])
    other = Consumer(scales_app, "boxes", [scales.WEIGHT_ADDED], "scales.ahead")
    assert other.accept(events)
    assert consumer.cursor() == START
    assert consumer.accept(events)
    assert tally(hearer) == (4, 6)  # both took it, each once
    named = hearer.rows("select consumer from cursors order by 1")
    assert named == [("scales",), ("scales.ahead",)]


def test_standing_at_the_head_is_noted_by_the_databases_clock_every_two_seconds(
    app: App, hearer: Database, consumer: Consumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr("chassis.hearing.cursors.time.monotonic", lambda: now[0])
    noted = "select checked_at from cursors"
    packed(app, [1])
    read = pages(app)
    assert consumer.pull_page(read) == 2
    assert hearer.one(noted) is None  # the source may have told more
    assert consumer.pull_page(read) == 0
    first = hearer.one(noted)
    assert abs(hearer.one("select extract(epoch from now() - checked_at) from cursors")) < 60
    now[0] += 1.9
    consumer.pull(read)
    assert hearer.one(noted) == first
    now[0] += 0.1
    consumer.pull(read)
    assert hearer.one(noted) > first
