"""`work`: one service tells its events, hears those of others and does its jobs."""

import logging
import sys
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from functools import partial
from typing import Any

from prometheus_client import REGISTRY

from chassis import ids, metrics
from chassis.broker.rabbit import Publisher, Receiver
from chassis.broker.relay import relay
from chassis.database.backlog import Backlog
from chassis.database.lease import Lease
from chassis.door import revocations
from chassis.door.http_server import HttpServer
from chassis.door.internal_door import InternalDoor
from chassis.errors import ServiceError, Unavailable
from chassis.hearing import member, parking
from chassis.hearing.inbox import Consumer
from chassis.hearing.live import EVERY_S, Hearing
from chassis.jobs import schedules
from chassis.jobs.jobs import HEARTBEAT_S, Worker
from chassis.running import figures, process, readiness
from chassis.running.loops import Loops, Signal, Turn
from chassis.running.process import STOP_S, Process
from chassis.running.watch import Watch
from chassis.settings import Misconfigured
from chassis.unit import feed

REVOCATIONS_EVERY_S = 10.0  # so often auth is asked whether something was missed
RECEIVE_S = 1.0  # so often a loop that hears nothing looks whether it should stop
IDLE_S = 1.0  # so often a loop looks that nobody wakes; as often the lease is asked for
LONG_S = 3_600.0  # nothing but a signal ends the wait

log = logging.getLogger(__name__)


def run(service: str) -> int:
    """Work until SIGTERM or SIGINT; return 0 then, 1 if it could not start or not end in time."""
    ending = process.Ending()
    with ExitStack() as opened:
        try:
            built = process.build(service, opened)
            working = Working(built)
            working.start()
        except (Misconfigured, ServiceError, OSError) as error:
            print(f"{service} work: {error}", file=sys.stderr)
            return 1
        while not ending.within(LONG_S):
            pass
        return working.stop()


class Working:
    """The loops of one service, each with its own connections."""

    def __init__(self, built: Process) -> None:
        """Take the port of the internal door; make the cursors' rows."""
        parts, given = built.parts, built.given
        self.app, self.name, self.threads = parts.app, built.name, given.job_threads
        self._described = built.described()
        self._loops = Loops(service=built.name)
        self._publisher = Publisher(given.amqp_uri, built.name)
        self._lease = Lease(parts.app.engine, "relay", str(ids.fresh()))
        consumers = parts.consumers(member.parsed(given.member))
        self._hearings = [self._hearing(built, each) for each in consumers]
        recurring = schedules.kinds(parts.app, parts.schedules)
        self._worker = Worker(parts.app, (*parts.kinds, *recurring, parking.kind(consumers)))
        self._schedules = parts.schedules
        self._watch = Watch(parts.app.engine, self._worker.kinds)
        awaited = {each.name: each.query for each in parts.app.service.awaited}
        REGISTRY.register(Backlog(parts.app.engine, built.name, awaited))
        self._figures = {
            each.name: figures.asking(parts.app, each, figures.gauge(each))
            for each in parts.app.service.figures
        }
        self._door = InternalDoor(readiness.checks(built))
        self._server = HttpServer(given.internal_host, given.internal_port, self._door)

    def start(self) -> None:
        """Start all loops."""
        schedules.queue(self.app, self._schedules)  # first: if it fails, nothing runs yet
        self._server.start()
        self._spawn("tell", self._tell, self._watch.untold)
        for each in self._hearings:
            self._loops.spawn(
                f"hear {each.consumer.source} as {each.consumer.name}",
                partial(each.turn, RECEIVE_S),
            )
        for number in range(self.threads):
            self._spawn(f"jobs {number}", self._worker.work, self._watch.due)
        self._loops.spawn("heartbeat", self._worker.heartbeat, HEARTBEAT_S, HEARTBEAT_S)
        for name, ask in self._figures.items():
            self._loops.spawn(name, ask, figures.EVERY_S, figures.EVERY_S)
        self._loops.spawn("watch", partial(self._watch.watch, lambda: self._loops.stopping))
        log.info("working", extra={**self._described, "internal_port": self._server.port})

    def stop(self) -> int:
        """Let each loop end its turn: a batch is finished, a job given back; then close all."""
        self._door.drain()
        self._loops.tell_to_stop()
        self._worker.abandon()
        late = self._loops.join(STOP_S)
        if late:
            log.error("not ended in time", extra={"loops": late})
            return 1
        for each in self._hearings:
            each.close()
        self._publisher.close()
        with suppress(Unavailable):  # then it runs out by itself
            self._lease.release()
        self._server.stop()
        log.info("stopped", extra={"service": self.name})
        return 0

    def _spawn(self, name: str, turn: Turn, signal: Signal) -> None:
        self._loops.spawn(name, turn, idle_s=IDLE_S, wake=signal.listen())

    def _tell(self) -> int:
        numbered = feed.number(self.app.engine)
        metrics.numbered(self.name, numbered)
        return numbered + (relay(self.app.engine, self._publisher) if self._lease.held() else 0)

    def _hearing(self, built: Process, consumer: Consumer) -> Hearing:
        source = built.rpc.port(consumer.source)

        def read(after: Mapping[str, Any]) -> Any:
            return source.call("events_read", after=after)

        receiver = Receiver(built.given.amqp_uri, consumer.name, consumer.source)
        every_s = REVOCATIONS_EVERY_S if consumer.source == revocations.SOURCE else EVERY_S
        return Hearing(consumer, receiver, read, every_s)
