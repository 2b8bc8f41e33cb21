"""Latency: 100 events a second, from the return of a commit to the commit of its reaction.

Ours in three processes: one commits, one numbers and relays as `work` does, one hears. nameko's
in two: from the return of `dispatch` to the start of an empty handler.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import uuid4

from nameko.standalone.events import event_dispatcher

from bench.reacting import WAIT_S, hearing
from bench.stage import Stage, together
from bench.telling import THINGS, bind, tell_until
from chassis import ids
from chassis.database import postgres
from chassis.unit.handling import App
from integration.stages import boxes, scales
from integration.stages.box_database import call, database, person
from integration.stages.nameko_process import line, nameko_process

PER_S = 100
HEARER = """
import sys, time
from nameko.containers import ServiceContainer
from nameko.events import event_handler

uri, last = sys.argv[1], int(sys.argv[2])
heard = []

class Hearer:
    name = "hearer"

    @event_handler("boxes", "weight_added")
    def hear(self, body):
        heard.append(time.time() - body["at"])
        if len(heard) == last:
            print(*heard, flush=True)

container = ServiceContainer(Hearer, {"AMQP_URI": uri})
"""


def ours(stage: Stage, count: int) -> list[float]:
    """Return how many seconds passed between each commit and the commit of its reaction."""
    told = count + -(-count // THINGS)  # each box is told of as well
    with (
        stage.broker.vhost() as uri,
        database(stage.server) as source,
        database(stage.server) as hearer,
    ):
        bind(uri, scales.SERVICE.name)
        committed, _, heard = together(
            [
                (_commit, (source.app_url, count)),
                (tell_until, (source.app_url, uri, told)),
                (_hear, (source.app_url, hearer.app_url, uri, told)),
            ]
        )
        placed = source.rows(
            "select position, data->>'thing' from positions join events using (seq)"
            " where type = 'ThingPutIn' order by position"
        )
        return list(_waited(committed, placed, heard))


def nameko(stage: Stage, count: int) -> list[float]:
    """Return how many seconds passed between each dispatch and its handler."""
    with stage.broker.vhost() as uri, nameko_process(HEARER, uri, str(count)) as process:
        dispatch = event_dispatcher({"AMQP_URI": uri})
        dispatch(boxes.SERVICE.name, "connects", {})
        for _ in _paced(count):
            dispatch(boxes.SERVICE.name, "weight_added", {"at": time.time()})
        return [float(each) for each in line(process).split()]


def _commit(start: Any, url: str, count: int) -> Mapping[str, float]:
    """Put things into boxes; return when each commit returned, by the name of the thing."""
    app = App(service=boxes.SERVICE, engine=postgres.engine(url, name="boxes"))
    committed: dict[str, float] = {}
    start.wait()
    for number in _paced(count):
        if number % THINGS == 0:
            box_id, workspace_id = uuid4(), uuid4()
            owner = person(workspace_id)
            opened = boxes.OpenBox(workspace_id=workspace_id, label=str(box_id))
            app.handle(boxes.box, box_id, opened, call(owner))
        put_in = boxes.PutIn(thing=str(number), weight_g=100)
        app.handle(boxes.box, box_id, put_in, call(owner, at=ids.now()))
        committed[str(number)] = time.time()
    return committed


def _hear(start: Any, source_url: str, own_url: str, uri: str, last: int) -> list[Any]:
    """React to all; return (position, when what is up to it was committed) of each batch."""
    batches = []
    with hearing(source_url, own_url, uri) as hears:
        start.wait()
        position = 0
        while position < last:
            if hears.turn(WAIT_S):
                at = time.time()
                position = hears.consumer.cursor()["position"]
                batches.append((position, at))
    return batches


def _waited(
    committed: Mapping[str, float],
    placed: Sequence[tuple[int, str]],
    heard: Sequence[tuple[int, float]],
) -> Iterator[float]:
    batches = iter(heard)
    upto, at = next(batches)
    for position, thing in placed:
        while position > upto:
            upto, at = next(batches)
        yield at - committed[thing]


def _paced(count: int) -> Iterator[int]:
    """Yield 100 numbers a second."""
    started = time.monotonic()
    for number in range(count):
        time.sleep(max(0.0, started + number / PER_S - time.monotonic()))
        yield number
