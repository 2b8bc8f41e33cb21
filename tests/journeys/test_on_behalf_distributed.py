"""The same over ten processes: whatever follows what an admin begins as a customer names both."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from chassis.broker.rpc import Rpc
from demo.main_job import Outcome, Photo
from distributed.suite import Suite
from journeys.stages.distributed_suite import running_or_none
from journeys.stages.impersonated_start import ImpersonatedStart
from journeys.stages.quiet import main_job
from journeys.test_on_behalf import (
    test_every_event_that_follows_names_admin_user_and_session as test_every_event_that_follows,
)
from journeys.test_on_behalf import (
    test_it_goes_on_past_a_redrive_and_a_second_attempt as test_it_goes_on,
)
from journeys.test_on_behalf import (
    test_the_keys_of_an_admin_as_a_user_are_not_the_users as test_the_keys_are_not_the_users,
)
from journeys.test_on_behalf import (
    test_what_others_are_told_of_it_names_them_too as test_what_others_are_told,
)
from servers.postgres import Server
from servers.rabbit import Broker

__all__ = [
    "test_every_event_that_follows",
    "test_it_goes_on",
    "test_the_keys_are_not_the_users",
    "test_what_others_are_told",
]

pytestmark = pytest.mark.long  # ten processes take a minute to start


@pytest.fixture(scope="module")
def suite(
    postgres_server: Server, broker_or_none: Broker | None, run_folder: Path
) -> Iterator[Suite | None]:
    with running_or_none(postgres_server, broker_or_none, run_folder / "on-behalf") as suite:
        yield suite


@pytest.fixture(scope="module")
def told(
    suite: Suite | None, photos: Sequence[Photo]
) -> Iterator[tuple[ImpersonatedStart, Outcome] | None]:
    """What the admin did, and what the customer had done before."""
    if suite is None:
        yield None
        return
    job = main_job(suite, photos)
    before = job.run()
    with closing(Rpc(suite.servers.broker_url("operator"), "operator")) as rpc:
        start = ImpersonatedStart(
            suite,
            job,
            lambda service: partial(rpc.port(service).call, "events_read"),
        )
        start.happen(before)
        yield start, before


@pytest.fixture
def start(broker: Broker, told: tuple[ImpersonatedStart, Outcome] | None) -> ImpersonatedStart:
    assert told is not None
    return told[0]


@pytest.fixture
def outcome(broker: Broker, told: tuple[ImpersonatedStart, Outcome] | None) -> Outcome:
    assert told is not None
    return told[1]
