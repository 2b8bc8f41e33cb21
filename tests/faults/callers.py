"""Callers of an operator's: under them a server is stopped, and they find one that is deaf."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Event, Semaphore

from chassis.broker.rpc import Rpc
from chassis.errors import ServiceError
from faults.suite import SERVICES
from faults.told import Tap

CALLERS = 8
COMES_S = 5.0  # so long is waited for the first answers
HEARD_S = 30.0  # a server that was just started is heard by then


@contextmanager
def calling(operator: Rpc, service: str) -> Iterator[None]:
    """Let eight call a service, again and again, from their first answers to the end of this."""
    answers, ended = Semaphore(0), Event()

    def call() -> None:
        while not ended.is_set():
            with suppress(ServiceError):
                operator.port(service).call("describe")
                answers.release()

    with ThreadPoolExecutor(CALLERS) as callers:
        for _ in range(CALLERS):
            callers.submit(call)
        try:
            for _ in range(CALLERS):
                answers.acquire(timeout=COMES_S)
            yield
        finally:
            ended.set()


def deaf(operator: Rpc, tap: Tap) -> Iterator[str]:
    """Say to which service calls are not answered, or consumed by nobody."""
    for service in SERVICES:
        try:
            operator.port(service, timeout_s=HEARD_S).call("describe")
        except ServiceError as error:
            yield f"nobody hears calls to {service}: {error}"
        if not tap.hearers(f"rpc-{service}"):
            yield f"nobody consumes rpc-{service}"
