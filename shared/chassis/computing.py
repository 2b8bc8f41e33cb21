"""Long computations, few at once: each takes a core, and memory that its thread keeps."""

import threading
from collections.abc import Callable
from typing import Any

from chassis import deadline
from chassis.errors import DeadlineExceeded

AT_ONCE = 4  # the largest is the hash of a password, 19 MiB: 76 in all, however many sign in

_turns = threading.BoundedSemaphore(AT_ONCE)


def in_turn(function: Callable[..., Any], *args: Any) -> Any:
    """Run a computation once few others run. Raises `DeadlineExceeded` if that takes too long."""
    if not _turns.acquire(timeout=deadline.remaining()):
        raise DeadlineExceeded("chassis.deadline_exceeded", "others compute all the time")
    try:
        return function(*args)
    finally:
        _turns.release()
