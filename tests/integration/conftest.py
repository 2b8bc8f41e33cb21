"""A database of boxes, and the site that tests of suitectl's commands look at and change."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chassis.unit.handling import App
from integration.stages.box_database import Database, database
from integration.stages.operated_site import Operated, operated
from servers.postgres import Server
from servers.rabbit import Broker


@pytest.fixture
def own(postgres_server: Server) -> Iterator[Database]:
    """The boxes' database, a test's own."""
    with database(postgres_server) as own:
        yield own


@pytest.fixture
def app(own: Database) -> Iterator[App]:
    """The boxes at work on it."""
    with own.app() as app:
        yield app


@pytest.fixture(scope="module")
def made_site(broker_or_none: Broker | None, run_folder: Path) -> Iterator[Operated | None]:
    """The site, made once a module."""
    if broker_or_none is None:
        yield None
        return
    with operated(broker_or_none, run_folder / "operated") as site:
        yield site


@pytest.fixture
def looked_at(
    broker: Broker, made_site: Operated | None, capsys: pytest.CaptureFixture[str]
) -> Operated:
    """The site as it was made, for those who change nothing."""
    assert made_site is not None
    made_site.capsys = capsys
    made_site.look()
    return made_site


@pytest.fixture
def site(looked_at: Operated) -> Iterator[Operated]:
    """The same, and made whole again afterwards."""
    yield looked_at
    looked_at.restore()
