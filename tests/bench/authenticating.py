"""Authenticating: one person's sessions, each drawing access tokens of auth; 8 at once.

Called in the process itself: what counts is the unit, which holds its person while it draws.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.stage import Stage, per_second
from chassis import ids
from integration.stages.deaf_services import Browser, Services

CALLERS = 8


@contextmanager
def contest(stage: Stage, seconds: float) -> Iterator[Mapping[str, Callable[[], float]]]:
    """Yield who draws: a round of it gives the tokens drawn in a second."""
    with ExitStack() as ending:
        folder = Path(ending.enter_context(TemporaryDirectory(prefix="ai-studio-")))
        services = Services(stage.server, folder, ending, ("auth",))
        services.now, services.clock = ids.now(), ids.now
        person = services.somebody()
        browsers = [person.signed_in() for _ in range(CALLERS)]
        yield {"ours": partial(_round, browsers, seconds)}


def _round(browsers: list[Browser], seconds: float) -> float:
    def draw(browser: Browser) -> float:
        return per_second(lambda: len([browser.access()]), seconds)

    with ThreadPoolExecutor(CALLERS) as threads:
        return sum(threads.map(draw, browsers))
