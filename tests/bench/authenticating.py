"""Coming in: access tokens of one person's sessions, and sign-ins of eight people; 8 at once.

Called in the process itself, on the same cores: `me` only reads, and a hash is only verified.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from auth.gateways import passwords
from bench.stage import Stage, per_second
from chassis import ids
from integration.stages.deaf_services import PASSWORD, Services

CALLERS = 8

Turn = Callable[[], object]


@contextmanager
def contest(
    stage: Stage, seconds: float, waited_s: Mapping[str, list[float]]
) -> Iterator[Mapping[str, Callable[[], float]]]:
    """Yield who comes in: by name, a round of it, which gives how many did so in a second.

    `waited_s`: by name, where each of its calls notes how long it took.
    """
    with ExitStack() as ending:
        folder = Path(ending.enter_context(TemporaryDirectory(prefix="ai-studio-")))
        services = Services(stage.server, folder, ending, ("auth",))
        services.now, services.clock = ids.now(), ids.now
        people = [services.somebody() for _ in range(CALLERS)]
        other = services.somebody()  # one session too many of the people's ends their oldest
        browsers = [other.signed_in() for _ in range(CALLERS)]
        hashed = passwords.hashed(PASSWORD)

        def look() -> list[Turn]:
            tokens = [browser.access() for browser in browsers]  # each round's own: they run out
            return [partial(services.call, "auth", "me", token) for token in tokens]

        turns: Mapping[str, Callable[[], Sequence[Turn]]] = {
            "authenticate": lambda: [browser.access for browser in browsers],
            "me": look,
            "sign_in": lambda: [person.signed_in for person in people],
            "argon2": lambda: [partial(passwords.matches, hashed, PASSWORD)] * CALLERS,
        }
        yield {
            name: partial(_round, prepare, seconds, waited_s[name])
            for name, prepare in turns.items()
        }


def _round(prepare: Callable[[], Sequence[Turn]], seconds: float, waited_s: list[float]) -> float:
    def repeat(turn: Turn) -> float:
        return per_second(partial(_timed, turn, waited_s), seconds)

    turns = prepare()
    with ThreadPoolExecutor(CALLERS) as threads:
        return sum(threads.map(repeat, turns))


def _timed(turn: Turn, waited_s: list[float]) -> int:
    began = time.perf_counter()
    turn()
    waited_s.append(time.perf_counter() - began)
    return 1
