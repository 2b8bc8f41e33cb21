"""video killed by SIGKILL in the middle of a film: it is made once, and nothing is left over."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from integration.stages.engine_children import left_over
from integration.stages.films_at_work import Films, films_on
from integration.stages.killed_films import (
    begun,
    count,
    in_store,
    of_rows,
    preloaded,
    worked,
)
from integration.stages.mortal import Killed
from servers.postgres import Server

COPIED = ("put_file sources",) * 2
MADE = (*COPIED, *("put_file pieces",) * 3)
JOINED = (*MADE, *("put_file films",) * 2)
ONCE = {
    "SourcesTaken": 1,
    "FilmBegun": 1,
    "PieceCompleted": 3,
    "CompileStarted": 1,
    "FilmMade": 1,
}
# what it has passed when it dies: it does the last of it no more
POINTS = {
    "before any picture is copied": COPIED[:1],
    "between two pictures": COPIED,
    "before the copies are noted": (*COPIED, "commit"),
    "while the first clip is made": (*COPIED, "ffmpeg"),
    "before a clip is stored": MADE[:3],
    "before a clip that is stored is noted": (*MADE[:3], "commit"),
    "before the last piece is noted": (*MADE, "commit"),
    "while the pieces are joined": (*MADE, "ffmpeg"),
    "between the film and its small picture": JOINED,
    "before the film is noted": (*JOINED, "commit"),
}
IN_EVERY_RUN = "while the first clip is made"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("video")


@pytest.fixture(scope="module")
def films(postgres_server: Server, folder: Path) -> Iterator[Films]:
    with films_on(postgres_server, folder) as made, preloaded():
        yield made


@pytest.mark.parametrize(
    "point",
    [
        each if each == IN_EVERY_RUN else pytest.param(each, marks=pytest.mark.long)
        for each in POINTS
    ],
)
def test_a_film_is_made_once_whenever_its_process_is_killed(
    films: Films, folder: Path, point: str
) -> None:
    film = begun(films)
    with pytest.raises(Killed):
        worked(films, POINTS[point])
    worked(films)
    assert film.status == "completed"
    assert films.told(f"video_project-{film.id}") == [
        "video_created",
        "project_start_requested",
        "project_completed",
    ]
    assert count(films, film, ONCE) == ONCE
    assert in_store(films, film) == of_rows(films, film)
    assert left_over(folder / "work") == (set(), [])
    assert films.forgotten() == []
