"""The main job, done once on two real photographs, for the tests that look at what came of it.

The folder is a package, so that what they share ends with the last of them and not with the run.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from interior_photos import get_photo_dir
from PIL import Image

from chassis import ids
from demo.main_job import Outcome, Photo
from demo.people import Person
from embedded.suite import Suite
from journeys.stages.histories import effects
from journeys.stages.quiet import main_job

SOURCES = (("pexels-6615808.jpg", "hallway"), ("pexels-2416933.jpg", "bedroom"))
LONGEST_PX = 640  # real photographs, small: the journeys are about the way, not the pixels


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Photo]:
    folder = tmp_path_factory.mktemp("photos")
    small = []
    for name, room in SOURCES:
        with Image.open(Path(get_photo_dir()) / name) as picture:
            picture.thumbnail((LONGEST_PX, LONGEST_PX))
            picture.save(folder / name, quality=92)
        small.append(Photo(path=folder / name, room=room))
    return small


@pytest.fixture(scope="package")
def suite(run_folder: Path) -> Iterator[Suite]:
    """A suite of these tests, gone after the last; what one adds to it, the others live with.

    Every event reaches its hearers twice: that changes nothing of what any test looks at.
    """
    with Suite(run_folder / "suite", deliver_twice=True, durable=False) as running:
        yield running


@pytest.fixture(scope="package")
def history(suite: Suite, photos: Sequence[Photo]) -> tuple[Outcome, Counter[tuple[str, str]]]:
    ended = main_job(suite, photos).run()
    suite.settle()
    return ended, effects(suite)  # before other tests add to it


@pytest.fixture(scope="package")
def outcome(history: tuple[Outcome, Counter[tuple[str, str]]]) -> Outcome:
    """What came of the main job in `suite`."""
    return history[0]


@pytest.fixture(scope="package")
def expected(history: tuple[Outcome, Counter[tuple[str, str]]]) -> Counter[tuple[str, str]]:
    """How many events of each type each service has after the main job, each heard twice.

    As many as where each is heard once: the suites that are killed or struck hear so.
    """
    return history[1]


@pytest.fixture(scope="package")
def stranger(suite: Suite, outcome: Outcome) -> Person:
    """The owner of another workspace."""
    person = Person(suite, "stranger@other.example", ids.token())
    person.sign_up("Stranger", "sign up the stranger")
    suite.settle()
    return person


@pytest.fixture(scope="package")
def ending_suite(run_folder: Path) -> Iterator[Suite]:
    """A suite of what comes to an end: its time moves by a month, and work in it fails."""
    with Suite(run_folder / "ending", durable=False) as running:
        yield running


@pytest.fixture(scope="package")
def ending_admin(ending_suite: Suite) -> Person:
    person = Person(ending_suite, "root@ending.example", ids.token())
    ending_suite.create_admin(person.email, person.password)
    return person
