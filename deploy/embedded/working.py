"""The loops of one service in one process: numbering, hearing, jobs, heartbeat; plain threads."""

import threading
from collections.abc import Mapping
from functools import partial
from typing import Any

from chassis.hearing import forks, parking
from chassis.hearing.inbox import Consumer
from chassis.jobs import schedules
from chassis.jobs.jobs import HEARTBEAT_S, Worker
from chassis.running.loops import Loops, Signal, Turn
from chassis.running.parts import Parts, Peers
from chassis.unit import feed

IDLE_S = 0.5  # a signal wakes a loop sooner; a job may fall due without one
HEARS_S = 5.0  # nothing is told without a signal: this is for a source that goes on after a stop


class ServiceAtWork:
    """One service at work until `stop`."""

    def __init__(
        self,
        parts: Parts,
        peers: Peers,
        signals: Mapping[str, tuple[Signal, Signal]],
        threads: int,
        twice: bool,
    ) -> None:
        """`signals`: for each service, what says "committed" and what says "told".

        `threads` do jobs; with `twice`, each event heard is delivered again after its commit.
        """
        self.name, self.parts, self.peers = parts.app.service.name, parts, peers
        self.committed, self.told = signals[self.name]
        self.signals, self.threads, self.twice = signals, threads, twice
        self._delivered: dict[Consumer, list[Any]] = {}  # the latest batch
        self.consumers = parts.consumers()
        recurring = schedules.kinds(parts.app, parts.schedules)
        kinds = (*parts.kinds, *recurring, parking.kind(self.consumers))
        self.worker = Worker(parts.app, kinds)
        self._loops = Loops(service=self.name)

    def start(self) -> None:
        """Start all loops; claims of a process before this one are released."""
        self.worker.release()
        schedules.queue(self.parts.app, self.parts.schedules)
        self._spawn("number", self._number, self.committed.listen())
        for consumer in self.consumers:
            self._spawn(
                f"hear-{consumer.source}-as-{consumer.name}",
                partial(self._hear, consumer),
                self.signals[consumer.source][1].listen(),
                HEARS_S,
            )
        for number in range(self.threads):
            self._spawn(f"jobs-{number}", self.worker.work, self.committed.listen())
        self._loops.spawn("heartbeat", self.worker.heartbeat, HEARTBEAT_S, HEARTBEAT_S)

    def stop(self) -> None:
        """End all loops; a running job is given up, and taken up again at the next start."""
        self._loops.tell_to_stop()
        self.worker.abandon()
        self._loops.join()

    def _spawn(self, name: str, turn: Turn, wake: threading.Event, idle_s: float = IDLE_S) -> None:
        self._loops.spawn(name, turn, idle_s, idle_s, wake)

    def _number(self) -> int:
        numbered = feed.number(self.parts.app.engine)
        if numbered:
            self.told.send()
        return numbered

    def _hear(self, consumer: Consumer) -> None:
        if consumer.stopped():
            return
        read = partial(self._read, consumer)
        with forks.noticed(consumer, read):
            consumer.pull(read)

    def _read(self, consumer: Consumer, after: Mapping[str, Any]) -> dict[str, Any]:
        page: dict[str, Any] = self.peers(consumer.source).call("events_read", after=after)
        if not self.twice:
            return page
        # again once they are committed: within one batch only the first transaction would be tried
        again, self._delivered[consumer] = self._delivered.get(consumer, []), page["items"]
        return {**page, "items": [*again, *page["items"]]}
