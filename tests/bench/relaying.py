"""Relaying: told events, confirmed, into a quorum queue; against nameko's `EventDispatcher`."""

import time
from collections.abc import Callable, Mapping
from functools import partial

from nameko.standalone.events import event_dispatcher

from bench.telling import Told, tell
from integration.stages import boxes
from integration.stages.box_database import MINE

EVENT = {"box_id": str(MINE), "workspace_id": str(MINE), "weight_g": 100}


def contest(given: Told) -> Mapping[str, Callable[[], float]]:
    """Return who tells: by name, a round of it, which gives events confirmed in a second.

    Something must listen, so that messages are stored.
    """
    return {"ours": partial(_ours, given), "nameko": partial(_nameko, given)}


def _ours(given: Told) -> float:
    started = time.perf_counter()
    tell(given)
    return given.count / (time.perf_counter() - started)


def _nameko(given: Told) -> float:
    started = time.perf_counter()
    dispatch(given.uri, given.count)
    return given.count / (time.perf_counter() - started)


def dispatch(uri: str, count: int) -> None:
    """Dispatch as many events as nameko's services do: each is confirmed before the next."""
    dispatcher = event_dispatcher({"AMQP_URI": uri})
    for _ in range(count):
        dispatcher(boxes.SERVICE.name, "weight_added", EVENT)
