"""Members of the scales' group in processes of their own, which hear the boxes over RabbitMQ."""

import multiprocessing
import os
import random
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, suppress
from dataclasses import replace
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

from amqp.exceptions import NotFound

from chassis.broker.link import Link
from chassis.broker.queues import queue
from chassis.broker.rabbit import HEARTBEAT_S, Receiver
from chassis.database import postgres
from chassis.hearing import parking
from chassis.hearing.inbox import Consumer
from chassis.hearing.live import Hearing
from chassis.hearing.member import Member
from chassis.jobs.jobs import Worker
from chassis.running.loops import Loops
from chassis.unit import feed
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Heard, heard
from chassis.unit.handling import App
from integration.stages import boxes, scales
from integration.stages.box_database import Database
from integration.stages.box_hearers import at

FAILS = 0.03  # of the events, each time it is tried
WAIT_S, EVERY_S = 0.1, 1.0
ENDING_S = 60.0
FORKING = multiprocessing.get_context("forkserver")  # each starts where imports have ended


class Boxes:
    """The source's port: `events_read`, read where it stands."""

    def __init__(self, app: App) -> None:
        self.app = app

    def call(self, method: str, /, **arguments: Any) -> Any:
        assert method == "events_read"
        return self.app.query(lambda db: feed.read(db, "boxes", **arguments, limit=20).reply())


class Process:
    """One member at work, until it is told to stop or killed."""

    def __init__(self, own: Member, hearer: App, source: App, uri: str) -> None:
        self.own = own
        urls = [each.engine.url.render_as_string(hide_password=False) for each in (hearer, source)]
        hear, self._tell = FORKING.Pipe(duplex=False)
        self._process = FORKING.Process(target=run, args=(*urls, uri, own, hear))
        self._process.start()
        hear.close()

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.kill()
        self._process.join()
        self._tell.close()

    def stop(self) -> None:
        """Let it end what is under way."""
        self._tell.close()
        self._process.join(ENDING_S)
        assert self._process.exitcode == 0


def run(hearer: str, source: str, uri: str, own: Member, told: Connection) -> None:
    """Hear, and redrive what is parked, until nobody is there to tell of an end."""
    with open(os.devnull, "w") as nothing, redirect_stderr(nothing):  # what fails says so at length
        app = App(service=scales.SERVICE, engine=postgres.engine(hearer, name="scales"))
        boxes_app = App(service=boxes.SERVICE, engine=postgres.engine(source, name="boxes"))
        consumer = Consumer(app, "boxes", [UNSTEADY], member=own)
        hearing = hearing_of(consumer, boxes_app, uri)
        worker, loops = Worker(app, [parking.kind([consumer])]), Loops()
        loops.spawn("hear", partial(hearing.turn, WAIT_S))
        loops.spawn("redrive", worker.work)
        with suppress(EOFError):
            told.recv()
        loops.tell_to_stop()
        sys.exit(len(loops.join(ENDING_S)))


def hearing_of(
    consumer: Consumer, source: App, uri: str, heartbeat_s: int = HEARTBEAT_S
) -> Hearing:
    """Return what hears for a consumer, as `work` has it."""

    def read(after: Mapping[str, Any]) -> Any:
        return Boxes(source).call("events_read", after=after)

    receiver = Receiver(uri, consumer.name, "boxes", heartbeat_s=heartbeat_s)
    return Hearing(consumer, receiver, read, EVERY_S)


def weigh_unsteadily(unit: Unit, event: Heard) -> object:
    if random.random() < FAILS:
        raise ValueError("the scales show nothing")
    return scales.weigh(unit, event)


UNSTEADY = replace(scales.WEIGHT_ADDED, react=weigh_unsteadily)


def has_queue(link: Link, consumer: str) -> bool:
    """Return whether a consumer's queue is there."""
    with link.channel() as channel:
        probe = channel.connection.channel()
        try:
            probe.queue_declare(queue(consumer, "boxes").name, passive=True)
        except NotFound:
            return False
        probe.close()
    return True


def cursors(hearer: Database) -> dict[str, int]:
    """Return where each member stands."""
    return dict(hearer.rows("select consumer, position from cursors order by consumer"))


def whole_feed(source: App) -> list[Heard]:
    """Return all that the boxes have told."""
    events: list[Heard] = []
    after: Mapping[str, Any] | None = None
    while items := Boxes(source).call("events_read", after=after)["items"]:
        events += [heard(item) for item in items]
        after = at(events[-1])
    return events


def effects(hearer: Database, source: App) -> dict[str, list[int]]:
    """Return the positions that took effect, in that order, by the stream that was heard."""
    of = {each.position: each.stream_id for each in whole_feed(source)}
    found: dict[str, list[int]] = {}
    query = "select (meta->'heard'->>'position')::int from events where type = 'Weighed'"
    for (position,) in hearer.rows(f"{query} order by stream_id, version"):
        found.setdefault(of[position], []).append(position)
    return found


def expected(source: App) -> dict[str, list[int]]:
    """Return what `effects` has to be in the end: all of each stream, in its order, once."""
    wanted: dict[str, list[int]] = {}
    for each in whole_feed(source):
        if each.name == "weight_added":
            wanted.setdefault(each.stream_id, []).append(each.position)
    return wanted
