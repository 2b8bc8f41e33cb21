"""The site that tests of suitectl's commands look at and change; made once a module."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from integration.stages.operated_site import Operated, operated
from servers.rabbit import Broker


@pytest.fixture(scope="module")
def made_site(broker_or_none: Broker | None, run_folder: Path) -> Iterator[Operated | None]:
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
