"""What is told in the contests: things put into boxes, told by the relay to whoever listens."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from bench.stage import PATIENCE_S, Stage
from chassis.broker.rabbit import Publisher, Receiver
from chassis.broker.relay import relay
from chassis.database import postgres
from chassis.database.lease import Lease
from chassis.running.loops import Loops
from chassis.unit import feed
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from integration.stages import boxes
from integration.stages.box_database import Database, call, database, number_all, person

THINGS = 50  # in each box: a stream is short


@dataclass(frozen=True, kw_only=True)
class Told:
    """Events that a service has told, and where to hear them."""

    app: App
    source: Database
    uri: str
    boxes: int

    @property
    def count(self) -> int:
        """How many events are told."""
        return self.boxes * (THINGS + 1)

    @property
    def things(self) -> int:
        """How many of them tell of a thing put in."""
        return self.boxes * THINGS


@contextmanager
def told(stage: Stage, boxes_: int) -> Iterator[Told]:
    """Yield so many boxes full of things, numbered, in a database and a virtual host of their own.

    Nobody has been told yet: that is `tell`.
    """
    with stage.broker.vhost() as uri, database(stage.server) as source, source.app() as app:
        for _ in range(boxes_):
            _pack(app)
        number_all(app)
        yield Told(app=app, source=source, uri=uri, boxes=boxes_)


def bind(uri: str, consumer: str) -> None:
    """Make a consumer's queue, so that it holds what is told from now on."""
    receiver = Receiver(uri, consumer, boxes.SERVICE.name)
    receiver.receive(0)
    receiver.close()


def tell(given: Told) -> None:
    """Tell everything, from the beginning."""
    given.source.change("delete from relay")
    publisher = Publisher(given.uri, boxes.SERVICE.name)
    while relay(given.app.engine, publisher):
        pass
    publisher.close()


def tell_until(start: Any, url: str, uri: str, last: int) -> None:
    """Number and tell, as `work` does, until the event at position `last` is told."""
    engine = postgres.engine(url, name="boxes")
    publisher, lease = Publisher(uri, boxes.SERVICE.name), Lease(engine, "relay", "bench")
    told, ended = 0, threading.Event()

    def tell() -> int:
        nonlocal told
        numbered = feed.number(engine)
        relayed = relay(engine, publisher) if lease.held() else 0
        told += relayed
        if told >= last:
            ended.set()
        return numbered + relayed

    loops = Loops()
    start.wait()
    loops.spawn("tell", tell)
    ended.wait(PATIENCE_S)
    loops.tell_to_stop()
    loops.join(PATIENCE_S)
    publisher.close()


def _pack(app: App) -> UUID:
    """Fill a box of a workspace of its own, in one unit."""
    box_id, workspace_id = uuid4(), uuid4()

    def work(unit: Unit) -> dict[str, UUID]:
        opened = boxes.OpenBox(workspace_id=workspace_id, label=str(box_id))
        unit.decide(boxes.box, box_id, opened)
        for number in range(THINGS):
            unit.decide(boxes.box, box_id, boxes.PutIn(thing=str(number), weight_g=100))
        return {"id": box_id}

    app.answer(call(person(workspace_id)), work)
    return box_id
