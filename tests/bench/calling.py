"""Calling: 8 callers in a second process; a command of ours against nameko's empty echo.

Ours checks the caller, reads the stored reply and the stream, decides, appends, projects, stores
the reply and commits. Each side is called by its own client.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import uuid4

from nameko.standalone.rpc import ClusterRpcProxy

from bench.stage import Stage, together
from chassis.broker.rpc import Rpc
from integration.stages.served_boxes import own_boxes

CALLERS = 8

Calls = Callable[[str, Callable[[Callable[[], object]], int]], int]


@contextmanager
def contest(stage: Stage, seconds: float) -> Iterator[Mapping[str, Callable[[], float]]]:
    """Yield who is called: by name, a round of it, which gives calls answered in a second."""
    with own_boxes(stage.broker, stage.server) as own, own.served():
        yield {
            "ours": partial(_round, own.uri_of("guest"), _ours, seconds),
            "nameko": partial(_round, own.uri, _nameko, seconds),
            "nameko_by_our_client": partial(_round, own.uri, _echo, seconds),
        }


def _round(uri: str, calls: Calls, seconds: float) -> float:
    (rate,) = together([(_callers, (uri, calls, seconds))])
    return float(rate)


def _callers(start: Any, uri: str, calls: Calls, seconds: float) -> float:
    """Let 8 threads call for that long; return how many calls were answered in a second."""
    ready = threading.Barrier(CALLERS)

    def repeat(call: Callable[[], object]) -> int:
        call()  # connects
        ready.wait()
        count, ends = 0, time.perf_counter() + seconds
        while time.perf_counter() < ends:
            call()
            count += 1
        return count

    start.wait()
    with ThreadPoolExecutor(CALLERS) as threads:
        counts = list(threads.map(lambda _: calls(uri, repeat), range(CALLERS)))
    return sum(counts) / seconds


def _ours(uri: str, repeat: Callable[[Callable[[], object]], int]) -> int:
    port = Rpc(uri, lines=1).port("boxes")
    return repeat(lambda: port.call("open_box", label=str(uuid4())))


def _echo(uri: str, repeat: Callable[[Callable[[], object]], int]) -> int:
    port = Rpc(uri, lines=1).port("plain")
    return repeat(lambda: port.call("add", a=1, b=2))


def _nameko(uri: str, repeat: Callable[[Callable[[], object]], int]) -> int:
    with ClusterRpcProxy({"AMQP_URI": uri}) as proxies:
        return repeat(lambda: proxies.plain.add(a=1, b=2))
