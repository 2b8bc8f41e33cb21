"""Waiting for what must come about, and no longer; and how long such things take."""

import statistics
import time
from collections.abc import Callable, Sequence

LOOK_S = 0.01


def until(condition: Callable[[], object], within_s: float = 60.0, what: str = "it") -> float:
    """Wait until it holds; return how many seconds that took. Fails when the time is over."""
    started = time.monotonic()
    while not condition():
        waited = time.monotonic() - started
        assert waited < within_s, f"{what} did not come about within {within_s} s"
        time.sleep(LOOK_S)
    return time.monotonic() - started


def percentiles(seconds: Sequence[float]) -> tuple[float, float]:
    """Return the 50th and the 99th."""
    cuts = statistics.quantiles(seconds, n=100)
    return round(cuts[49], 3), round(cuts[98], 3)
