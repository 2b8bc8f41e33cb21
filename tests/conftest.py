"""What all tests share: one PostgreSQL and one RabbitMQ a run, started when first asked for."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

from missing import LOUD, NO_BROKER
from servers.postgres import Server
from servers.rabbit import Broker, private_broker

OWN_SUITE = ("test_distributed.py", "test_suitectl.py")  # journeys of other suites than the one

# The same examples everywhere and on every run: what fails in CI fails here. No time limit per
# example, as the machine may be busy.
settings.register_profile("suite", deadline=None, derandomize=True, database=None)
# Others on every run, and many more: `pytest --hypothesis-profile=long`
settings.register_profile(
    "long", deadline=None, derandomize=False, database=None, max_examples=3_000, print_blob=True
)
settings.load_profile("suite")

# A run that is told to end stops its servers, as it does on Ctrl-C.
signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.fixture(scope="session")
def run_folder() -> Iterator[Path]:
    """A folder for the servers' files, short enough for a socket's path; gone after the run."""
    folder = Path(tempfile.mkdtemp(prefix="ai-studio-"))
    folder.chmod(0o711)  # as root, the account that serves PostgreSQL passes through it
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_server(run_folder: Path) -> Iterator[Server]:
    """A PostgreSQL of this run. Make a database of your own in it, and drop it."""
    server = Server(run_folder / "postgres", durable=False)
    with server:
        yield server
    server.forget()


@pytest.fixture(scope="session")
def broker_or_none(run_folder: Path) -> Iterator[Broker | None]:
    with private_broker(run_folder / "rabbit") as broker:
        yield broker


@pytest.fixture
def broker(broker_or_none: Broker | None) -> Broker:
    """A RabbitMQ of this run. Use `broker.vhost()`; leave it running if you stop it."""
    if broker_or_none is not None:
        return broker_or_none
    if os.environ.get("CI") == "true":
        pytest.fail(NO_BROKER)
    pytest.skip(NO_BROKER)


class WholeFiles(LoadFileScheduling):  # type: ignore[misc]
    """A file's tests go to one worker, and to one together all files that look at the main job.

    By the test's name alone: the marks for groups come to nothing with pytest 9.2, and say nothing.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = str(super()._split_scope(nodeid))
        journey = file.startswith("tests/journeys/") and not file.endswith(OWN_SUITE)
        return "the main job" if journey else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> WholeFiles:
    return WholeFiles(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name every test that did not run for want of something; pytest itself only counts them."""
    skipped = terminalreporter.stats.get("skipped", [])
    for wanted in LOUD:
        missed = [report.nodeid for report in skipped if wanted in str(report.longrepr)]
        if missed:
            terminalreporter.section(f"{len(missed)} TESTS DID NOT RUN: {wanted}", red=True)
            for nodeid in missed:
                terminalreporter.line(nodeid)
