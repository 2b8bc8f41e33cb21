"""Green threads: how `serve` prepares a process for eventlet, and proves that it is prepared.

Imported before anything else: what was imported before eventlet patches cannot be mended.
"""

import warnings
from collections.abc import Callable
from typing import Any

# deprecated upstream: known, and why nothing but `serve` runs under it
warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

import eventlet

eventlet.monkey_patch()

import eventlet.tpool
from eventlet.green import select
from eventlet.hubs import trampoline
from psycopg import waiting
from psycopg.abc import RV, PQGen
from psycopg.waiting import Ready, Wait
from sqlalchemy import Engine, text

from chassis import computing
from chassis.database import postgres
from chassis.errors import Internal

PAUSE_S = 0.2

# each thread that has computed keeps the memory of it
eventlet.tpool.set_num_threads(computing.AT_ONCE)


def wait(gen: PQGen[RV], fileno: int, interval: float = 0.0, timeout: float | None = None) -> RV:
    """Wait as psycopg's `wait_selector` does, in fewer steps; its C build would block the hub.

    Nothing is looked at every `interval`: what ends a connection is heard at its socket.
    """
    if timeout is not None:
        return waiting.wait_selector(gen, fileno, interval, timeout)
    try:
        wanted = next(gen)
        while True:
            wanted = gen.send(_ready(fileno, wanted))
    except StopIteration as ended:
        result: RV = ended.value
        return result


def _ready(fileno: int, wanted: Wait) -> Ready:
    """Return what the socket is ready for, once it is ready for some of what is wanted."""
    if wanted == Wait.R:
        trampoline(fileno, read=True)
        return Ready.R
    read, write, _ = select.select([fileno] if wanted & Wait.R else [], [fileno], [])
    return Ready((Ready.R if read else 0) | (Ready.W if write else 0))


waiting.wait = wait


def must_not_block(engine: Engine) -> None:
    """Raise `Internal` if a query holds up all others: each call would wait for the slowest."""
    ticks = 0

    def tick() -> None:
        nonlocal ticks
        while True:
            eventlet.sleep(PAUSE_S / 20)
            ticks += 1

    ticking = eventlet.spawn(tick)
    with postgres.autocommit(engine) as connection:
        before = ticks
        connection.execute(text("select pg_sleep(:seconds)"), {"seconds": PAUSE_S})
        meanwhile = ticks - before  # no time is measured: a busy machine is no reason to refuse
    ticking.kill()
    if meanwhile < 2:
        raise Internal("chassis.hub_blocked", "nothing else ran while a query did")


def in_a_thread(function: Callable[..., Any], *args: Any) -> Any:
    """Run a long computation in its turn, in a real thread, so that it does not hold the hub.

    Raises `DeadlineExceeded` if its turn does not come in time.
    """
    return computing.in_turn(eventlet.tpool.execute, function, *args)


class Watched:
    """A function that runs beside."""

    def __init__(self, function: Callable[[], Any]) -> None:
        """Run it from now on."""
        self._thread = eventlet.spawn(function)

    def ended(self) -> bool:
        """Return whether it has returned. Raises what it raised."""
        if self._thread.dead:
            self._thread.wait()
        return bool(self._thread.dead)


class Limit(eventlet.Timeout):
    """`with Limit(25): …` raises itself when the time is over."""
