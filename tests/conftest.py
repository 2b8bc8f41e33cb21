"""What all tests share: one PostgreSQL and one RabbitMQ a run, started when first asked for."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from servers.postgres import Server
from servers.rabbit import Broker, private_broker

NO_BROKER = "no RabbitMQ: AMQP_URI is not set, and none could be installed or run"

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a file's tests on one worker, and together all files that look at the one main job."""
    look = {item.path for item in items if "history" in getattr(item, "fixturenames", ())}
    for item in items:
        group = "the main job" if item.path in look else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name every test that did not run for want of a broker; pytest itself only counts them."""
    skipped = terminalreporter.stats.get("skipped", [])
    missed = [report.nodeid for report in skipped if NO_BROKER in str(report.longrepr)]
    if missed:
        terminalreporter.section(f"{len(missed)} TESTS DID NOT RUN: {NO_BROKER}", red=True)
        for nodeid in missed:
            terminalreporter.line(nodeid)
