"""Turns: work that many want done at once, so much of it at a time, and nobody's before all else.

How much a machine does at once is what its processor allows us, in a container too.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from math import ceil
from pathlib import Path
from threading import Condition
from typing import TypeVar
from uuid import UUID

from chassis.errors import Conflict

OF_ONE = 2  # calls of one owner at work, and pieces of their work
CGROUPS = Path("/sys/fs/cgroup")
OWN_CGROUP = Path("/proc/self/cgroup")

T = TypeVar("T")
R = TypeVar("R")


class Turns:
    """So many pieces of work at once, two of one owner; whoever has fewest at work goes first."""

    def __init__(self, busy: str, at_once: int) -> None:
        """`busy`: the code of the refusal of an owner's third call."""
        self._busy, self._at_once = busy, at_once
        self._calls: list[UUID] = []  # their owners
        self._waiting: dict[object, UUID] = {}  # whose each is, in the order they came
        self._running: list[UUID] = []
        self._changed = Condition()

    def each(self, owner: UUID, work: Callable[[T], R], items: Iterable[T]) -> list[R]:
        """Return what `work` says of each item, in their order.

        Raises what `work` raises, and `Conflict(busy)`, retryable, where two calls of that owner
        are at work: more of them would wait in the places of other owners' calls.
        """

        def in_turn(item: T) -> R:
            with self._turn(owner):
                return work(item)

        with self._call(owner), ThreadPoolExecutor(OF_ONE, thread_name_prefix="turn") as threads:
            return list(threads.map(in_turn, items))

    @contextmanager
    def _call(self, owner: UUID) -> Iterator[None]:
        with self._changed:
            if self._calls.count(owner) >= OF_ONE:
                raise Conflict(self._busy, f"{OF_ONE} calls of this workspace are at work already")
            self._calls.append(owner)
        try:
            yield
        finally:
            with self._changed:
                self._calls.remove(owner)

    @contextmanager
    def _turn(self, owner: UUID) -> Iterator[None]:
        me = object()
        with self._changed:
            self._waiting[me] = owner
            try:
                self._changed.wait_for(lambda: self._next() is me)
            finally:
                del self._waiting[me]
            self._running.append(owner)
            self._changed.notify_all()  # there may be room for one more
        try:
            yield
        finally:
            with self._changed:
                self._running.remove(owner)
                self._changed.notify_all()

    def _next(self) -> object | None:
        """Return who goes next: of the owner with the fewest at work, whoever came first."""
        if len(self._running) >= self._at_once:
            return None
        at_work = {each: self._running.count(owner) for each, owner in self._waiting.items()}
        able = (each for each, count in at_work.items() if count < OF_ONE)
        return min(able, key=at_work.__getitem__, default=None)


def cores(own: Path = OWN_CGROUP, groups: Path = CGROUPS) -> int:
    """Return how many cores this process may use at once: those it sees, and what it is granted.

    A container that is limited to processor time sees all cores; what it may use of them stands in
    `cpu.max` of its control group (version 2), or of one above.
    """
    seen = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return max(1, min([seen, *_granted(own, groups)]))


def _granted(own: Path, groups: Path) -> Iterator[int]:
    with suppress(OSError):  # no such groups here
        unified = (line for line in own.read_text().splitlines() if line.startswith("0::"))
        for line in unified:
            group = groups / line.removeprefix("0::/")
            for each in (group, *group.parents):
                with suppress(OSError, ValueError):  # the uppermost has none; 'max' is no number
                    most, period = each.joinpath("cpu.max").read_text().split()
                    yield ceil(int(most) / int(period))
