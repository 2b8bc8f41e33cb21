"""What callers know: each call that was made, and how it was answered, if it was."""

import threading
from collections.abc import Mapping
from typing import Any

from chassis.domain import value


@value
class Called:
    """A command with all its repeats, as its caller saw it.

    With a reply it was acknowledged; with an error, refused; with neither nobody knows.
    """

    service: str
    method: str
    name: str
    reply: Mapping[str, Any] | None = None
    error: str | None = None


class Ledger:
    """The calls of one seed, from several threads."""

    def __init__(self) -> None:
        self._calls: list[Called] = []
        self._lock = threading.Lock()

    def note(self, called: Called) -> None:
        with self._lock:
            self._calls.append(called)

    @property
    def calls(self) -> list[Called]:
        with self._lock:
            return list(self._calls)
