"""A standby that is promoted under load: callers wait for some seconds, and nothing is lost."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import pytest

from chassis.broker.rpc import Rpc
from chassis.errors import ServiceError, Unavailable
from chassis.unit import feed
from integration.stages.box_database import make_database, positions
from integration.stages.served_boxes import Boxes
from integration.stages.standby import Pair, pair
from servers.rabbit import Broker
from waiting import until

CALLERS, CALLS = 4, 100  # before the primary dies, and after it
OPENED = "select data->>'label' from events where type = 'BoxOpened'"


@dataclass
class Callers:
    """Who calls `open_box` again and again, each label until it is acknowledged."""

    rpc: Rpc
    acknowledged: dict[str, float]  # label -> when

    def call(self, caller: int, ended: threading.Event) -> None:
        boxes = self.rpc.port("boxes", timeout_s=5)
        for number in count():
            label = f"{caller}-{number}"
            while label not in self.acknowledged:
                if ended.is_set():
                    return
                try:
                    boxes.call("open_box", label=label, idempotency_key=label)
                except ServiceError as error:
                    assert error.retryable, error
                else:
                    self.acknowledged[label] = time.monotonic()

    def longest_gap(self) -> float:
        """Return the longest time, in seconds, in which nobody was answered."""
        times = sorted(self.acknowledged.values())
        return max(after - before for before, after in zip(times, times[1:], strict=False))


@pytest.fixture
def two(run_folder: Path) -> Iterator[Pair]:
    with pair(run_folder / "standby") as both:
        yield both


@pytest.mark.long
def test_a_synchronous_standby_that_is_promoted_under_load_has_lost_nothing(
    broker: Broker, two: Pair, record_property: Callable[[str, object], None]
) -> None:
    own = make_database(two.primary)
    own = replace(own, app_url=two.url(own.app_url), owner_url=two.url(own.owner_url))
    ended = threading.Event()
    with (
        broker.vhost() as uri,
        Boxes(broker=broker, uri=uri, database=own).served(),
        own.app() as app,
        closing(Rpc(uri, lines=CALLERS)) as rpc,
        ThreadPoolExecutor(CALLERS + 1) as threads,
    ):
        callers = Callers(rpc, {})

        def number_on() -> None:
            while not ended.is_set():
                try:
                    feed.number(app.engine)
                except Unavailable:
                    ended.wait(0.1)

        works = [threads.submit(number_on)]
        works += [threads.submit(callers.call, each, ended) for each in range(CALLERS)]
        try:
            for phase in (two.fail_over, lambda: None):
                more = len(callers.acknowledged) + CALLS
                until(lambda: len(callers.acknowledged) >= more or any(w.done() for w in works))  # noqa: B023
                phase()
        finally:
            ended.set()
        for work in works:
            work.result()
        while feed.number(app.engine):
            pass
        opened = [label for (label,) in own.rows(OPENED)]
        assert len(opened) == len(set(opened))
        assert set(callers.acknowledged) <= set(opened)
        numbered = positions(app)
        assert [each.position for each in numbered] == list(range(1, len(numbered) + 1))
        assert len(numbered) == own.one("select count(*) from events")
    record_property("gap_s", callers.longest_gap())
    print(f"{len(opened)} opened; nobody was answered for {callers.longest_gap():.1f} s at most")
