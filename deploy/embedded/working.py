"""The loops of one service in one process: numbering, hearing, jobs, heartbeat; plain threads."""

import logging
import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from chassis import telemetry
from chassis.errors import ServiceError
from chassis.hearing import forks, parking
from chassis.hearing.inbox import Consumer
from chassis.jobs import schedules
from chassis.jobs.jobs import HEARTBEAT_S, Worker
from chassis.running.parts import Parts, Peers
from chassis.unit import feed

IDLE_S = 0.5  # a signal wakes a loop sooner
PAUSE_S = 0.2  # after what a repeat may mend

log = logging.getLogger(__name__)


class Signal:
    """Wakes whoever waits for something new."""

    def __init__(self) -> None:
        """Start with nothing new."""
        self.listeners: list[threading.Event] = []

    def listen(self) -> threading.Event:
        """Return an event that every signal from now on sets."""
        event = threading.Event()
        self.listeners.append(event)
        return event

    def send(self) -> None:
        """Wake all."""
        for event in self.listeners:
            event.set()


class Working:
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
        self._stop = threading.Event()
        self._running: list[tuple[threading.Thread, threading.Event]] = []

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
            )
        for number in range(self.threads):
            self._spawn(f"jobs-{number}", self._work, self.committed.listen())
        self._spawn("heartbeat", self.worker.heartbeat, threading.Event(), HEARTBEAT_S)

    def stop(self) -> None:
        """End all loops; a running job is given up, and taken up again at the next start."""
        self._stop.set()
        self.worker.abandon()
        for thread, wake in self._running:
            wake.set()
            thread.join()

    def _spawn(
        self, name: str, turn: Callable[[], Any], wake: threading.Event, idle_s: float = IDLE_S
    ) -> None:
        def loop() -> None:
            with telemetry.context(service=self.name, loop=name):
                while not self._stop.is_set():
                    wake.wait(idle_s if self._turn(turn) else PAUSE_S)
                    wake.clear()

        thread = threading.Thread(target=loop, name=f"{self.name}-{name}", daemon=True)
        thread.start()
        self._running.append((thread, wake))

    def _turn(self, turn: Callable[[], Any]) -> bool:
        try:
            turn()
        except ServiceError as error:
            log.warning("trying again", exc_info=error)
            return False
        except Exception:
            log.exception("a bug in a loop")
            return False
        return True

    def _number(self) -> None:
        while feed.number(self.parts.app.engine) and not self._stop.is_set():
            self.told.send()

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

    def _work(self) -> None:
        while not self._stop.is_set() and self.worker.work():
            pass
