"""Reacting to events: ours with all its effects, nameko's doing nothing.

Ours moves the cursor, reads the stream, decides, appends, projects and commits, then acknowledges;
`event_handler` is handed each event and does nothing with it.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from bench.relaying import dispatch
from bench.stage import Stage, together
from bench.telling import Told, bind, tell, tell_until, told
from chassis.broker.rabbit import Receiver
from chassis.database import postgres
from chassis.hearing.inbox import Consumer
from chassis.hearing.live import Hearing
from chassis.hearing.member import ALONE, Member
from chassis.unit import feed
from chassis.unit.handling import App
from integration.stages import boxes, scales
from integration.stages.box_database import database
from integration.stages.nameko_process import line, nameko_process

WAIT_S = 0.05
HEARER = """
import sys, time
from nameko.containers import ServiceContainer
from nameko.events import event_handler

uri, last = sys.argv[1], int(sys.argv[2])
count, started = 0, 0.0

class Hearer:
    name = "hearer"

    @event_handler("boxes", "weight_added")
    def hear(self, body):
        global count, started
        started = started or time.perf_counter()
        count += 1
        if count == last:
            print(count / (time.perf_counter() - started), flush=True)

container = ServiceContainer(Hearer, {"AMQP_URI": uri})
"""


@contextmanager
def contest(
    stage: Stage, boxes_: int
) -> Iterator[tuple[Mapping[str, Callable[[], float]], Sequence[int]]]:
    """Yield who reacts: by name, a round of it, which gives events done in a second.

    They are told meanwhile, by our relay and by nameko's dispatcher, or wait in a queue already.
    Beside it a list that grows by each round of ours: how many events had no effect.
    """
    skipped: list[int] = []
    with told(stage, boxes_) as given, stage.broker.vhost() as theirs:
        bind(given.uri, scales.SERVICE.name)
        with nameko_process(HEARER, theirs, "0"):
            pass  # its queue stands
        contestants = {
            "ours": partial(_ours, stage, given, skipped),
            "nameko": partial(_nameko, theirs, given.count),
            "ours_from_queue": partial(_ours_from_queue, stage, given, skipped),
            "nameko_from_queue": partial(_nameko_from_queue, theirs, given.count),
        }
        yield contestants, skipped


@contextmanager
def hearing(source_url: str, own_url: str, uri: str, member: Member = ALONE) -> Iterator[Hearing]:
    """Yield the scales hearing boxes, as `work` has them."""
    source = App(service=boxes.SERVICE, engine=postgres.engine(source_url, name="boxes"))
    own = App(service=scales.SERVICE, engine=postgres.engine(own_url, name="scales"))

    def read(after: Mapping[str, Any]) -> Mapping[str, Any]:
        return source.query(lambda each: feed.read(each, source.service.name, after).reply())

    consumer = Consumer(own, source.service.name, [scales.WEIGHT_ADDED], member=member)
    hears = Hearing(consumer, Receiver(uri, consumer.name, consumer.source), read)
    yield hears
    hears.close()


def hear_until(
    start: Any, source_url: str, own_url: str, uri: str, last: int, member: Member = ALONE
) -> float:
    """Take all that is told up to a position; return the seconds it took."""
    with hearing(source_url, own_url, uri, member) as hears:
        hears.turn(0)
        start.wait()
        started = time.perf_counter()
        while hears.consumer.cursor()["position"] < last:
            hears.turn(WAIT_S)
        return time.perf_counter() - started


def _ours(stage: Stage, given: Told, skipped: list[int]) -> float:
    given.source.change("delete from relay")
    with database(stage.server) as hearer:
        hear = (given.source.app_url, hearer.app_url, given.uri, given.count)
        tells = (given.source.app_url, given.uri, given.count)
        seconds, _ = together([(hear_until, hear), (tell_until, tells)])
        skipped.append(given.things - hearer.one("select count(*) from events"))
    return float(given.count / seconds)


def _ours_from_queue(stage: Stage, given: Told, skipped: list[int]) -> float:
    tell(given)
    with database(stage.server) as hearer:
        hear = (given.source.app_url, hearer.app_url, given.uri, given.count)
        (seconds,) = together([(hear_until, hear)])
        skipped.append(given.things - hearer.one("select count(*) from events"))
    return float(given.count / seconds)


def _nameko(uri: str, count: int) -> float:
    with nameko_process(HEARER, uri, str(count)) as process:
        dispatch(uri, count)
        return float(line(process))


def _nameko_from_queue(uri: str, count: int) -> float:
    dispatch(uri, count)
    with nameko_process(HEARER, uri, str(count)) as process:
        return float(line(process))
