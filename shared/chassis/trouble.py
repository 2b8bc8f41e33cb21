"""What fails again and again, told in few lines: an outage, or a bug, of something that repeats.

A line when it begins, one for each other state that it shows, one a minute while it lasts, with
how often, and one when it is over.
"""

import logging
import time
from collections.abc import Callable

from chassis import telemetry
from chassis.errors import Internal, ServiceError

EVERY_S = 60.0
STEADY_S = 5.0  # without a failure: what fails and works by turns is not over each time


class Trouble:
    """The failures of one activity. For one thread, or green ones."""

    def __init__(self, log: logging.Logger, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing is wrong yet; `clock` in seconds."""
        self._log, self._clock = log, clock
        self._began: float | None = None
        self._last, self._times, self._what = 0.0, 0, ""
        self._told_at: dict[str, float] = {}  # by state
        self._untold: dict[str, int] = {}

    def failed(self, message: str, error: Exception) -> None:
        """Note a failure, and tell it unless this state of things has been told lately.

        An error of ours is told in one line, by its code and reason; anything else is a bug, and
        told with its traceback.
        """
        now = self._clock()
        self._began = now if self._began is None else self._began
        self._last, self._times, self._what = now, self._times + 1, message
        state = telemetry.way(error) if is_bug(error) else str(getattr(error, "code", ""))
        self._untold[state] = self._untold.get(state, 0) + 1
        if now - self._told_at.get(state, -EVERY_S) < EVERY_S:
            return
        self._told_at[state] = now
        extra = {"times": self._untold.pop(state), "since_s": round(now - self._began)}
        if isinstance(error, ServiceError) and not is_bug(error):
            said = {**telemetry.told(error), "reason": telemetry.reason(error)}
            self._log.warning(message, extra={**said, **extra})
        else:
            self._log.error(message, exc_info=error, extra=extra)

    def went_well(self) -> None:
        """Note that it works, and tell so if it had failed and has worked for a while since."""
        if self._began is None or self._clock() - self._last < STEADY_S:
            return
        lasted_s = round(self._last - self._began)
        extra = {"was": self._what, "times": self._times, "lasted_s": lasted_s}
        self._log.info("works again", extra=extra)
        self._began, self._times = None, 0
        self._told_at.clear()
        self._untold.clear()


def is_bug(error: Exception) -> bool:
    """Return whether somebody has to mend code: a traceback helps then, and only then."""
    return isinstance(error, Internal) or not isinstance(error, ServiceError)
