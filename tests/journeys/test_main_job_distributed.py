"""The main job over ten processes: the same tests as embedded, unchanged."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from chassis.testing.rabbit import Broker
from demo.main_job import MainJob, Outcome, Photo
from distributed.suite import Suite
from embedded.postgres import Server
from journeys.distributed_suite import running
from journeys.quiet import Quiet
from journeys.test_main_job import (
    test_one_correlation_id_leads_from_the_payment_to_the_commission as test_one_correlation_id,
)
from journeys.test_main_job import (
    test_the_money_is_what_the_rules_say as test_the_money,
)
from journeys.test_main_job import (
    test_the_same_main_job_again_changes_nothing as test_the_same_again,
)
from journeys.test_main_job import (
    test_what_others_were_told_is_whole_and_heard_to_its_end as test_what_others_were_told,
)

__all__ = [
    "test_one_correlation_id",
    "test_the_money",
    "test_the_same_again",
    "test_what_others_were_told",
]


@pytest.fixture(scope="module")
def suite(
    postgres_server: Server, broker_or_none: Broker | None, run_folder: Path
) -> Iterator[Suite | None]:
    if broker_or_none is None:
        yield None
        return
    with running(postgres_server, broker_or_none, run_folder / "distributed") as suite:
        yield suite


@pytest.fixture(scope="module")
def history(suite: Suite | None, photos: Sequence[Photo]) -> Outcome | None:
    return MainJob(suite, photos, Quiet()).run() if suite is not None else None


@pytest.fixture
def outcome(broker: Broker, history: Outcome | None) -> Outcome:
    assert history is not None
    return history
