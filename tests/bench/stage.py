"""Where contests take place: a PostgreSQL that keeps what it confirms, a RabbitMQ, processes."""

import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from servers.postgres import Server
from servers.rabbit import Broker, private_broker

PATIENCE_S = 300.0  # until whoever hangs is given up
PROCESSES = multiprocessing.get_context("forkserver")  # each starts where imports have ended
PROCESSES.set_forkserver_preload(["bench.contests"])


@dataclass(frozen=True, kw_only=True)
class Stage:
    """The servers of one run."""

    server: Server
    broker: Broker


@contextmanager
def stage() -> Iterator[Stage]:
    """Yield servers of one's own, gone afterwards. Exits where there is no RabbitMQ."""
    with ExitStack() as opened:
        folder = Path(opened.enter_context(TemporaryDirectory(prefix="ai-studio-")))
        folder.chmod(0o711)  # as root, the account that serves PostgreSQL passes through it
        broker = opened.enter_context(private_broker(folder / "rabbit"))
        if broker is None:
            raise SystemExit("no RabbitMQ: AMQP_URI is not set, and none could be installed or run")
        server = Server(folder / "postgres")
        opened.callback(server.forget)
        yield Stage(server=opened.enter_context(server), broker=broker)


def together(works: Sequence[tuple[Callable[..., Any], tuple[Any, ...]]]) -> list[Any]:
    """Run each work in a process of its own; return what they return.

    A work is `function(start, *arguments)`: it prepares itself and waits at the barrier `start`.
    """
    start = PROCESSES.Barrier(len(works))
    results = PROCESSES.SimpleQueue()
    processes = [
        PROCESSES.Process(target=_run, args=(results, number, function, (start, *arguments)))
        for number, (function, arguments) in enumerate(works)
    ]
    for process in processes:
        process.start()
    returned = dict(results.get() for _ in processes)
    for process in processes:
        process.join(PATIENCE_S)
    failed = [each for each in returned.values() if isinstance(each, Exception)]
    if failed:
        raise failed[0]
    return [returned[number] for number in range(len(works))]


def _run(results: Any, number: int, function: Callable[..., Any], arguments: Any) -> None:
    try:
        results.put((number, function(*arguments)))
    except Exception as error:
        arguments[0].abort()
        results.put((number, error))


def per_second(turn: Callable[[], int], seconds: float) -> float:
    """Repeat `turn` for that long; return how many of what it counts it did in a second."""
    count, started = 0, time.perf_counter()
    while (passed := time.perf_counter() - started) < seconds:
        count += turn()
    return count / passed
