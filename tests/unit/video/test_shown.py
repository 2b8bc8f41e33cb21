"""A video as it is replied: what its rows say, and what its film has by now."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chassis.codec import plain
from chassis.testing.projected import projected
from gateways.blobs_folder import Folder
from unit.video.films import (
    AT,
    CLIP_IDS,
    CLIPS,
    FILE,
    FILM_BEGUN,
    LOOK,
    SOURCES,
    TRACK,
    USER,
    VIDEO,
    WANTED,
    WORKSPACE,
    finished,
)
from video import showing
from video.domain.film_messages import (
    ClipFailed,
    FilmFailed,
    FilmMade,
    FilmStopped,
    TransitionDropped,
)
from video.domain.pictures import Picture
from video.domain.plan import run_id
from video.projections import films

RUN = run_id(VIDEO, 1)
LOST = ClipFailed(piece_id=WANTED[2].piece_id, clip_ids=CLIP_IDS[1:2], cause="video.x")
CUT = TransitionDropped(piece_id=WANTED[1].piece_id, clip_ids=CLIP_IDS[:1], cause="video.x")
MADE = FilmMade(film=FILE, music=TRACK, at=AT)
ROW = {
    "id": str(VIDEO),
    "workspace_id": str(WORKSPACE),
    "user_id": str(USER),
    "status": "generating",
    "completed_clip_count": 0,
    "aspect_ratio": "1:1",
    "trigger_access_token": "a" * 64,
    "error_message": "not of this film",
}


def film(*events: Any, begun: Any = FILM_BEGUN) -> Mapping[str, Any]:
    """Return the row of a film after these events."""
    told = [(RUN, begun), *((RUN, each) for each in events)]
    (row,) = projected(films.projection, told)
    return row


def clip_rows() -> list[dict[str, Any]]:
    nothing = dict.fromkeys(("room_label", "end_image_url", "end_image_generation_id"))
    nothing |= dict.fromkeys(("clip_url", "transition_clip_url", "error_message", "metadata"))
    what = {"video_project_id": VIDEO, "source_image_url": "blob:x", "image_generation_id": None}
    how = {"transition_type": "seamless", "duration_seconds": 5, "motion_prompt": "Slowly"}
    when = {"created_at": AT, "updated_at": AT, "status": "processing", "room_type": "kitchen"}
    row = nothing | what | how | when
    return [{**row, "id": str(id), "sequence_order": n} for n, id in enumerate(CLIP_IDS)]


def test_while_a_film_is_made_each_clip_is_what_has_become_of_it_by_now() -> None:
    at_work = film(finished(WANTED[0]), finished(WANTED[1]), LOST)
    first, second, third = showing.clips(clip_rows(), at_work)
    assert (first.status, first.clip_url) == ("completed", "blob:clip 0")
    assert first.transition_clip_url == "blob:transition 0"
    assert (second.status, second.clip_url) == ("failed", None)
    assert second.error_message == "This clip could not be made (video.x)."
    assert (third.status, third.clip_url) == ("processing", None)
    assert showing.with_film(ROW, at_work) == ROW | {"completed_clip_count": 1}


def test_a_transition_that_is_lost_is_a_cut() -> None:
    first, *_ = showing.clips(clip_rows(), film(finished(WANTED[0]), CUT))
    assert first.status == "completed"
    assert first.metadata == {"transition": "cut", "cause": "video.x"}


@pytest.mark.parametrize("ended", [MADE, FilmStopped(), None])
def test_of_a_film_that_is_not_being_made_the_rows_say_all(ended: Any) -> None:
    over = None if ended is None else film(finished(WANTED[0]), ended)
    shown = showing.clips(clip_rows(), over)
    assert [plain(each) for each in shown] == [plain(each) for each in clip_rows()]
    assert showing.with_film(ROW, over) == ROW


def test_an_earlier_film_is_shown_with_what_it_was_made_of() -> None:
    ends = (finished(each) for each in WANTED)
    assert showing.as_of(ROW, film(*ends, MADE)) == ROW | {
        "aspect_ratio": "16:9",
        "music_track_id": str(TRACK.track_id),
        "music_volume": 50,
        "generate_native_audio": True,
        "final_video_url": "blob:film",
        "thumbnail_url": "blob:still",
        "duration_seconds": 18,
        "status": "completed",
        "clip_count": 3,
        "completed_clip_count": 3,
        "trigger_run_id": str(RUN),
        "trigger_access_token": None,
        "error_message": None,
        "revision": 1,
    }


def test_an_earlier_film_that_was_never_made_has_failed() -> None:
    failed = FilmFailed(reason="clips_failed", cause="video.x", failed_count=1)
    silent = replace(FILM_BEGUN, look=replace(LOOK, music=None))
    row = showing.as_of(ROW, film(LOST, failed, begun=silent))
    assert (row["status"], row["final_video_url"]) == ("failed", None)
    assert row["music_track_id"] is None
    assert row["error_message"] == "Not all clips could be made (video.x)."
    assert showing.as_of(ROW, film(FilmStopped()))["error_message"] is None


def test_the_clips_of_an_earlier_film_are_those_it_was_made_of() -> None:
    end = replace(
        CLIPS[0], end_picture=Picture(image_generation_id=CLIPS[1].picture.image_generation_id)
    )
    begun = replace(FILM_BEGUN, clips=(end, *CLIPS[1:]))
    row = film(finished(WANTED[0]), finished(WANTED[1]), begun=begun)
    texts = {CLIP_IDS[0]: {"room_label": "Hall"}, CLIP_IDS[1]: {"motion_prompt": "Stand still"}}
    first, second, third = showing.clips_of(row, texts)
    assert (first.id, first.video_project_id, first.sequence_order) == (CLIP_IDS[0], VIDEO, 0)
    assert first.source_image_url == f"blob:{SOURCES[0].key}"
    assert first.end_image_url == f"blob:{SOURCES[1].key}"
    assert (first.status, first.clip_url) == ("completed", "blob:clip 0")
    assert (first.room_label, second.room_label) == ("Hall", None)
    assert second.motion_prompt == "Stand still"
    assert third.motion_prompt is not None and third.motion_prompt.startswith("The camera sweeps")
    assert third.status == "pending"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path, "http://video.example", ("signs",), lambda: AT)


def test_a_film_that_was_made_and_its_thumbnail_are_linked_to(folder: Folder) -> None:
    shown = plain(showing.files(film(MADE), folder))
    for name, key, sha256, size, content_type in (
        ("film", "film", "f" * 64, 900, "video/mp4"),
        ("thumbnail", "still", "e" * 64, 90, "image/jpeg"),
    ):
        link = folder.link(key, content_type)
        until = plain(link.expires_at)
        what = {"ref": f"blob:{key}", "sha256": sha256, "size": size}
        assert shown[name] == {"url": link.url, "expires_at": until} | what


def test_a_film_that_is_not_there_has_no_links(folder: Folder) -> None:
    nothing = {"film": None, "thumbnail": None}
    assert showing.files(None, folder) == showing.files(film(), folder) == nothing
