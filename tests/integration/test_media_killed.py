"""media killed by SIGKILL at each step of a photograph: it ends once, and no file is lost."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest

from chassis import ids
from integration.stages.killed_photographs import (
    in_store,
    lived,
    of_rows,
    preloaded,
)
from integration.stages.lives_of_photographs import Life, born
from integration.stages.mortal import Killed
from integration.stages.photographs import Studio, studio_on
from media.sweeping import sweep
from servers.postgres import Server

TOLD = {
    "media.project_created": 1,
    "media.project_start_requested": 1,  # what is charged
    "media.project_completed": 1,
    "media.image_completed": 2,
}


@pytest.fixture(scope="module")
def studio(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with studio_on(postgres_server, tmp_path_factory.mktemp("media")) as made, preloaded():
        yield made


@pytest.fixture(scope="module")
def steps(studio: Studio) -> dict[str, list[str]]:
    """Return what a life takes where nobody is killed, phase by phase."""
    life = born()
    made = {"make": lived(studio, life, "make")}
    ended_once(studio, life)
    return made | {"delete": lived(studio, life, "delete")}


def ended_once(studio: Studio, life: Life) -> None:
    """Assert that each version came out once, and that the store holds what the rows say."""
    told = "select outbox->>'type' from events where outbox->'data'->>'workspace_id' = :id"
    found = Counter(each for (each,) in studio.rows(told, id=str(life.workspace_id)))
    assert found == TOLD
    ended = "select status, count(*) from image_generation where workspace_id = :id group by 1"
    assert studio.rows(ended, id=str(life.workspace_id)) == [("completed", 2)]
    assert in_store(studio, life.workspace_id) == of_rows(studio, life.workspace_id) != set()


def killed_as_it_is_made(studio: Studio, at: int) -> None:
    life = born()
    with pytest.raises(Killed):
        lived(studio, life, "make", at)
    sweep(studio.parts.app, studio.parts.door.tools.blobs, ids.now() + timedelta(hours=25))
    assert in_store(studio, life.workspace_id) <= of_rows(studio, life.workspace_id)
    lived(studio, life, "make")
    ended_once(studio, life)


def killed_as_it_is_deleted(studio: Studio, at: int) -> None:
    life = born()
    lived(studio, life, "make")
    with pytest.raises(Killed):
        lived(studio, life, "delete", at)
    lived(studio, life, "delete")
    assert (in_store(studio, life.workspace_id), of_rows(studio, life.workspace_id)) == (
        set(),
        set(),
    )


def test_who_dies_between_storing_and_noting_has_ended_nothing(
    studio: Studio, steps: dict[str, list[str]]
) -> None:
    stored = steps["make"].index("put result")
    noted = stored + steps["make"][stored:].index("commit") + 1
    killed_as_it_is_made(studio, noted)


@pytest.mark.long
def test_a_photograph_ends_once_whenever_its_process_is_killed(
    studio: Studio, steps: dict[str, list[str]]
) -> None:
    # a slow life tells once more how far it is, and a store lists its files in any order: which one
    # is killed may differ by a step, and that all are is what counts
    for at in range(1, 1 + len(steps["make"])):
        killed_as_it_is_made(studio, at)
    for at in range(1, 1 + len(steps["delete"])):
        killed_as_it_is_deleted(studio, at)
