"""A process that ends by itself is started again, after a pause that grows while it goes on so."""

from collections.abc import Callable

from distributed.service_process import ServiceProcess

PAUSE_S, PAUSE_MAX_S = 1.0, 60.0
STEADY_S = 60.0  # who has run so long begins again with the shortest pause


class Keeper:
    """Keeps one process running; looked after by whoever calls `look` now and then."""

    def __init__(self, process: ServiceProcess, say: Callable[[str], object]) -> None:
        """`say` is told in a line what happens to it."""
        self._process, self._say = process, say
        self._pause_s = PAUSE_S
        self._since = 0.0  # its start, or its end where it waits for the next one
        self._ended = self._starting = False

    def look(self, now: float) -> None:
        """Note that it has ended, or start it again when its pause is over; `now` in seconds."""
        process = self._process
        if process.pid is not None:
            self._look_at_running(now)
        elif not self._ended:
            self._ended, self._since = True, now
            self._say(
                f"{process.name} ended by itself, {_how(process.exit_code)}: started again in"
                f" {self._pause_s:g} s; its log is {process.log}"
            )
        elif now >= self._since + self._pause_s:
            self._ended, self._starting, self._since = False, True, now
            self._pause_s = min(2 * self._pause_s, PAUSE_MAX_S)
            process.start()

    def _look_at_running(self, now: float) -> None:
        if self._starting and self._process.ready():
            self._starting = False
            self._say(f"{self._process.name} is ready again")
        if now >= self._since + STEADY_S:
            self._pause_s = PAUSE_S


def _how(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        return f"by signal {-exit_code}"
    return f"with exit code {exit_code}"
