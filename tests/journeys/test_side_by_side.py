"""Two suites on one PostgreSQL and one RabbitMQ, by prefix; a demo comes and goes beside them."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from chassis.errors import Conflict
from demo.__main__ import DISTRIBUTED, PREFIX, forget
from demo.figures import figures
from demo.main_job import Photo
from distributed.servers import Servers, inventory
from distributed.suite import Suite
from journeys.stages.distributed_suite import running
from journeys.stages.histories import problems
from journeys.stages.quiet import main_job
from servers.postgres import Server
from servers.rabbit import Broker

pytestmark = pytest.mark.long


def test_both_do_the_main_job_and_a_demo_beside_them_touches_neither(
    postgres_server: Server,
    broker: Broker,
    run_folder: Path,
    tmp_path: Path,
    photos: Sequence[Photo],
) -> None:
    with ExitStack() as ending, ThreadPoolExecutor() as threads:
        suites = [
            ending.enter_context(
                running(postgres_server, broker, run_folder / f"beside_{prefix}", prefix=prefix)
            )
            for prefix in ("", "second_")
        ]
        jobs = [threads.submit(main_job(suite, photos).run) for suite in suites]
        for job in jobs:
            assert [each for each in figures(job.result()) if not each.holds] == []

        beside(suites[0].servers, tmp_path / "data", tmp_path / "out")

        for suite in suites:
            suite.settle()
            assert problems(suite) == []
            main_job(suite, photos).run()  # goes on where it was: nothing is done again


def beside(installed: Servers, data: Path, out: Path) -> None:
    """Let a demo run on the servers of an installed suite and be forgotten, by its own identity."""
    place = data / DISTRIBUTED
    rabbit = replace(installed.inventory.rabbitmq, vhost=f"{PREFIX}beside")
    found = Servers(inventory(place, installed.inventory.postgres, rabbit, PREFIX))
    with Suite(place, found) as suite:
        suite.create_admin("admin@demo.example", "a long enough passphrase")
        suite.settle()
    secrets = place / "secrets.json"
    held = secrets.read_text("utf-8")
    secrets.write_text(json.dumps({**json.loads(held), "suite": str(uuid4())}), "utf-8")
    with pytest.raises(Conflict, match="nothing is deleted"):
        forget(data, out)
    secrets.write_text(held, "utf-8")
    forget(data, out)
