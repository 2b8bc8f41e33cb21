"""How long the caller still waits. It goes with the work: down the stack, and on to other services.

Kept as a moment of the monotonic clock; over the wire it goes as remaining time, for no two
machines' clocks agree.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from chassis.errors import DeadlineExceeded

_until: ContextVar[float | None] = ContextVar("deadline", default=None)


@contextmanager
def within(seconds: float | None) -> Iterator[None]:
    """Let what runs inside end within `seconds`, or by the surrounding deadline if that is nearer.

    None adds no deadline.
    """
    until = _until.get()
    if seconds is not None:
        own = time.monotonic() + seconds
        until = own if until is None else min(until, own)
    token = _until.set(until)
    try:
        yield
    finally:
        _until.reset(token)


def remaining() -> float | None:
    """Return the seconds that remain, 0 if none do; None without a deadline."""
    until = _until.get()
    return None if until is None else max(0.0, until - time.monotonic())


def check() -> None:
    """Raise `DeadlineExceeded` if nothing remains: nobody waits for the answer any more."""
    if remaining() == 0:
        raise DeadlineExceeded("chassis.deadline_exceeded")
