"""Hearing under everything at once, from a seed: each stream's effects in order, exactly once."""

import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy.exc import OperationalError

from chassis.errors import ServiceError
from chassis.hearing.inbox import Consumer
from chassis.hearing.parking import kind
from chassis.jobs.jobs import Worker
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Heard
from chassis.unit.handling import App
from integration.stages import scales
from integration.stages.box_database import Database, database, number_all, open_box, put_in
from integration.stages.box_hearers import all_told, make_due, pages, parked, weighed
from servers.postgres import Server

BOXES, THINGS, HEARERS, REDRIVERS = 8, 20, 3, 2
LOST, DOUBLED, FAILS = 0.05, 0.1, 0.15
KILLS = 8
DEADLINE_S = 60.0


@pytest.fixture
def app(postgres_server: Server) -> Iterator[App]:
    with database(postgres_server) as own, own.app() as app:
        yield app


@pytest.fixture
def hearer(postgres_server: Server) -> Iterator[Database]:
    with database(postgres_server) as own:
        yield own


class Fault:
    """Reactions of which some fail once, twice or three times before they work."""

    def __init__(self, events: list[Heard], chance: random.Random) -> None:
        failing = [each for each in events if chance.random() < FAILS]
        self.left = {each.event_id: chance.randint(1, 3) for each in failing}

    def weigh(self, unit: Unit, event: Heard) -> object:
        if self.left.get(event.event_id, 0) > 0:
            self.left[event.event_id] -= 1
            raise ValueError("not yet")
        return scales.weigh(unit, event)


def tell(app: App, chance: random.Random) -> list[Heard]:
    """Tell of things put into boxes in turns, as chance has it."""
    ids = [open_box(app) for _ in range(BOXES)]
    turns = [(each, number) for each in ids for number in range(THINGS)]
    chance.shuffle(turns)
    for box_id, number in turns:
        put_in(app, box_id, str(number))
    number_all(app)
    events = all_told(app)
    assert len(events) == BOXES * (THINGS + 1)
    return events


def deliveries(events: list[Heard], stands: int, chance: random.Random) -> list[Heard]:
    """Return a batch as a bad broker delivers it: somewhat shuffled, doubled and lost."""
    first = max(0, sum(each.position <= stands for each in events) - 2)
    batch = [each for each in events[first : first + 12] if chance.random() > LOST]
    batch += [each for each in batch if chance.random() < DOUBLED]
    if chance.random() < 0.3:
        chance.shuffle(batch)
    else:
        batch.sort(key=lambda each: each.position)
    return batch


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(each, marks=pytest.mark.long) for each in (1, 2))]
)
def test_each_streams_effects_are_there_in_order_exactly_once(
    app: App, hearer: Database, seed: int
) -> None:
    chance = random.Random(seed)
    events = tell(app, chance)
    fault, done = Fault(events, chance), threading.Event()
    reaction = replace(scales.WEIGHT_ADDED, react=fault.weigh)
    deadline = time.monotonic() + DEADLINE_S

    def unharmed(work: Callable[[], object]) -> None:
        while not done.is_set():
            assert time.monotonic() < deadline, (weighed(hearer), parked(hearer))
            try:
                work()
            except OperationalError:
                pass  # a claim that was cut off: its loop goes on
            except ServiceError as error:
                assert error.retryable, error

    with hearer.app(scales.SERVICE) as scales_app:

        def hear(number: int) -> None:
            own = random.Random(seed * 100 + number)
            consumer = Consumer(scales_app, "boxes", [reaction])

            def turn() -> None:
                batch = deliveries(events, consumer.cursor()["position"], own)
                whole = consumer.accept(batch)
                if own.random() < (0.05 if whole else 0.3):
                    consumer.pull_page(pages(app, most=7))

            unharmed(turn)

        def redrive(number: int) -> None:
            consumer = Consumer(scales_app, "boxes", [reaction])
            worker = Worker(scales_app, [kind([consumer])])
            unharmed(worker.work)

        def operate() -> None:
            own, turns = random.Random(seed * 100 + 99), 0
            watching = Consumer(scales_app, "boxes", [])

            def turn() -> None:
                nonlocal turns
                turns += 1
                make_due(hearer)
                if turns % 10 == 0 and turns <= 10 * KILLS:
                    hearer.cut_connections()
                    # what was cut off is claimed anew, as after 30 s
                    hearer.change("update jobs set run_at = now() where state = 'claimed'")
                at_head = watching.cursor()["position"] == events[-1].position
                if at_head and not parked(hearer):
                    done.set()
                done.wait(own.uniform(0.01, 0.05))

            unharmed(turn)

        with ThreadPoolExecutor(HEARERS + REDRIVERS + 1) as threads:
            running = [threads.submit(hear, number) for number in range(HEARERS)]
            running += [threads.submit(redrive, number) for number in range(REDRIVERS)]
            running += [threads.submit(operate)]
        for each in running:
            each.result()

    expected = defaultdict(list)
    for event in events:
        if event.name == "weight_added":
            expected[event.stream_id].append(event.position)
            assert fault.left.get(event.event_id, 0) == 0
    streams = {each.position: each.stream_id for each in events}
    effects = defaultdict(list)
    for position in weighed(hearer):
        effects[streams[position]].append(position)
    assert effects == expected
