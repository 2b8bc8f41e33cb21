"""Loops in threads: each repeats its turn until it is told to stop."""

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping

from chassis import telemetry
from chassis.trouble import Trouble, is_bug

BUSY_S, IDLE_S = 0.002, 0.1  # how long a loop that finds nothing to do waits: more and more
SLOWER = 1.5  # each time
PAUSE_S, LONGEST_PAUSE_S = 0.2, 5.0  # the same after a failure

log = logging.getLogger(__name__)

Turn = Callable[[], object]  # what it returns is true if there may be more to do at once


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


class Loops:
    """Some loops of one process."""

    def __init__(self, **ids: str) -> None:
        """`ids` stand on each line that the loops log."""
        self._ids: Mapping[str, str] = ids
        self._stop = threading.Event()
        self._running: list[tuple[threading.Thread, threading.Event]] = []

    @property
    def stopping(self) -> bool:
        """Whether the loops have been told to stop."""
        return self._stop.is_set()

    def spawn(
        self,
        name: str,
        turn: Turn,
        busy_s: float = BUSY_S,
        idle_s: float = IDLE_S,
        wake: threading.Event | None = None,
    ) -> None:
        """Repeat `turn` in a thread; what fails is tried again after a pause, told in few lines.

        A turn that found nothing to do is repeated after `busy_s`, the next ones after half as
        long again each, `idle_s` at most; but at once when `wake` is set, which is this loop's own.
        """
        wake = wake or threading.Event()
        thread = threading.Thread(
            target=self._loop, args=(name, turn, busy_s, idle_s, wake), name=name, daemon=True
        )
        thread.start()
        self._running.append((thread, wake))

    def tell_to_stop(self) -> None:
        """Let each loop end after its turn."""
        self._stop.set()
        for _, wake in self._running:
            wake.set()

    def join(self, timeout_s: float = threading.TIMEOUT_MAX) -> list[str]:
        """Wait for the loops to end; return the names of those that have not in that time."""
        started = time.monotonic()
        for thread, _ in self._running:
            thread.join(max(0.0, timeout_s - (time.monotonic() - started)))
        return [thread.name for thread, _ in self._running if thread.is_alive()]

    def _goes_on(self, wake: threading.Event) -> bool:
        wake.clear()  # first: what sets it from now on is met by the next turn, a stop by this look
        return not self._stop.is_set()

    def _loop(
        self, name: str, turn: Turn, busy_s: float, idle_s: float, wake: threading.Event
    ) -> None:
        wait, pause, trouble = busy_s, PAUSE_S, Trouble(log)
        with telemetry.context(**self._ids, loop=name):
            while self._goes_on(wake):
                try:
                    busy = turn()
                except Exception as error:
                    # a loop that ended here would leave its work undone without a sign
                    trouble.failed("a bug in a loop" if is_bug(error) else "trying again", error)
                else:
                    trouble.went_well()
                    if not busy:
                        wake.wait(wait)
                    wait, pause = busy_s if busy else min(wait * SLOWER, idle_s), PAUSE_S
                    continue
                # not cut short by a wake: what fails is not hurried by there being more of it
                self._stop.wait(pause * random.uniform(0.5, 1.0))  # noqa: S311
                pause = min(pause * 2, LONGEST_PAUSE_S)
