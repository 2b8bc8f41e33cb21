"""A video as it is replied: links are there once its film is."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from chassis.codec import plain
from gateways.blobs_folder import Folder
from unit.video.films import USER, WORKSPACE
from video.acts.films import with_links
from video.projections import video_clips, video_projects

AT = datetime(2026, 3, 1, tzinfo=UTC)
VIDEO, CLIP = UUID(int=77), UUID(int=78)
TEXT = {"user_id": USER, "workspace_id": WORKSPACE, "id": VIDEO, "name": "Storgata 2"}
WHEN = {"created_at": AT, "updated_at": AT}
FILM = {"sha256": "f" * 64, "size": 9}


def row(**changed: Any) -> dict[str, Any]:
    """Return a video's row, all of whose columns are there."""
    empty = dict.fromkeys(column.name for column in video_projects.table.c)
    return {**empty, **TEXT, **WHEN, "version": 3, "metadata": {"engine": "local"}, **changed}


def clip() -> dict[str, Any]:
    empty = dict.fromkeys(column.name for column in video_clips.table.c)
    return {**empty, **WHEN, "id": CLIP, "video_project_id": VIDEO}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path, "http://video.example", ("signs",), lambda: AT)


@pytest.mark.parametrize("status", ["draft", "generating", "compiling", "failed"])
def test_a_video_whose_film_is_not_there_has_no_links(status: str, folder: Folder) -> None:
    reply = plain(with_links(row(status=status), [clip()], folder))
    assert (reply["film"], reply["thumbnail"]) == (None, None)


def test_a_finished_film_and_its_thumbnail_are_linked_to(folder: Folder) -> None:
    done = row(
        status="completed",
        final_video_url="blob:a/films/1.mp4",
        thumbnail_url="blob:a/films/1.jpg",
        metadata={"engine": "local", "film": FILM},
    )
    reply = plain(with_links(done, [], folder))
    link = folder.link("a/films/1.mp4", "video/mp4")
    until = plain(link.expires_at)
    assert reply["film"] == {
        "ref": "blob:a/films/1.mp4",
        "url": link.url,
        "expires_at": until,
        **FILM,
    }
    still = folder.link("a/films/1.jpg", "image/jpeg")
    assert reply["thumbnail"] == {
        "ref": "blob:a/films/1.jpg",
        "url": still.url,
        "expires_at": until,
    }


def test_every_column_is_replied_null_where_there_is_nothing(folder: Folder) -> None:
    given, of_clip = row(status="draft"), clip()
    reply = plain(with_links(given, [of_clip], folder))
    assert reply == {**plain(given), "clips": [plain(of_clip)], "film": None, "thumbnail": None}
