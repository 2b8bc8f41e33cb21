"""Each service starts without the other four: what it hears and whom it asks may come later."""

from importlib import import_module
from pathlib import Path

import pytest

from chassis.errors import Unauthenticated
from contracts import SERVICES
from journeys.stages.alone import alone
from journeys.stages.distributed_suite import running_as
from servers.postgres import Server
from servers.rabbit import Broker
from waiting import until

PATIENCE_S = 60


def heard_by(service: str) -> set[str]:
    """Return the queues that its reactions need: a source without one has none."""
    listed = import_module(f"{service}.inbound").reactions
    revocations = {f"{service}.revocations.hears.auth"} if service != "auth" else set()
    return {f"{service}.hears.{each.source}" for each in listed} | revocations


@pytest.mark.long
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_starts_without_the_others(
    postgres_server: Server, broker: Broker, run_folder: Path, service: str
) -> None:
    with running_as(alone(service), postgres_server, broker, run_folder / service) as suite:
        assert all(each.ready() for each in suite.processes.values())
        vhost = suite.servers.inventory.rabbitmq.vhost

        def queues() -> set[str]:
            listed = broker.ctl("list_queues", "-p", vhost, "--no-table-headers", "name")
            return {each for each in listed.split() if ".hears." in each}

        until(lambda: queues() == heard_by(service), PATIENCE_S)
        with pytest.raises(Unauthenticated):  # it answers
            suite.call(service, "describe", None)
