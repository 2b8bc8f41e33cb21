"""Loops in threads: each repeats its turn until it is told to stop."""

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping

from chassis import telemetry
from chassis.errors import ServiceError

BUSY_S, IDLE_S = 0.002, 0.1  # how long a loop that finds nothing to do waits: more and more
SLOWER = 1.5  # each time
PAUSE_S, LONGEST_PAUSE_S = 0.2, 5.0  # the same after a failure

log = logging.getLogger(__name__)

Turn = Callable[[], object]  # what it returns is true if there may be more to do at once


class Loops:
    """Some loops of one process."""

    def __init__(self, **ids: str) -> None:
        """`ids` stand on each line that the loops log."""
        self._ids: Mapping[str, str] = ids
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    @property
    def stopping(self) -> bool:
        """Whether the loops have been told to stop."""
        return self._stop.is_set()

    def spawn(self, name: str, turn: Turn, busy_s: float = BUSY_S, idle_s: float = IDLE_S) -> None:
        """Repeat `turn` in a thread; what fails is logged and tried again after a pause.

        A turn that found nothing to do is repeated after `busy_s`, the next ones after half as
        long again each, `idle_s` at most.
        """
        thread = threading.Thread(
            target=self._loop, args=(name, turn, busy_s, idle_s), name=name, daemon=True
        )
        thread.start()
        self._threads.append(thread)

    def tell_to_stop(self) -> None:
        """Let each loop end after its turn."""
        self._stop.set()

    def join(self, timeout_s: float) -> list[str]:
        """Wait for the loops to end; return the names of those that have not in that time."""
        deadline = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return [thread.name for thread in self._threads if thread.is_alive()]

    def _loop(self, name: str, turn: Turn, busy_s: float, idle_s: float) -> None:
        wait, pause = busy_s, PAUSE_S
        with telemetry.context(**self._ids, loop=name):
            while not self._stop.is_set():
                try:
                    busy = turn()
                except ServiceError as error:
                    log.warning("trying again", exc_info=error)
                except Exception:
                    # a loop that ended here would leave its work undone without a sign
                    log.exception("a bug in a loop")
                else:
                    if not busy:
                        self._stop.wait(wait)
                    wait, pause = busy_s if busy else min(wait * SLOWER, idle_s), PAUSE_S
                    continue
                self._stop.wait(pause * random.uniform(0.5, 1.0))  # noqa: S311
                pause = min(pause * 2, LONGEST_PAUSE_S)
