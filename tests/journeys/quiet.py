"""A display that shows nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Quiet:
    def step(self, title: str) -> None:
        pass

    @contextmanager
    def work(self, title: str) -> Iterator[Callable[[float], None]]:
        yield lambda percent: None
