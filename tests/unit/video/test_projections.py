"""The rows that video shows: films, their clips, and the pieces that they wait for."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from chassis import ids
from chassis.testing.projected import at, kept, projected
from unit.video.films import (
    CLEARED,
    CLIPS,
    CREATED,
    GENERATING,
    REQUESTED,
    SETTINGS,
    STARTED,
    USER,
    WANTED,
    WORKSPACE,
    finished,
)
from video.domain.plan import Wanted, run_id
from video.domain.video import (
    ClipFailed,
    CompileStarted,
    Film,
    FilmCompiled,
    PaymentDemanded,
    RunBegun,
    TransitionDropped,
    VideoFailed,
)
from video.projections import progress, video_projects

VIDEO, OTHER = UUID(int=77), UUID(int=78)
THEN = datetime(2026, 5, 1, tzinfo=UTC)
CLIP, TRANSITION = WANTED[0], WANTED[1]

created = replace(
    CREATED,
    settings=replace(SETTINGS, aspect_ratio="9:16", music_volume=30),
    estimated_cost_cents=40,
    revision=2,
)
CREATED_VIDEO = [(VIDEO, kept(description="by the sea")), (VIDEO, created)]
VIDEO_ROW = {
    "id": str(VIDEO),
    "workspace_id": str(WORKSPACE),
    "user_id": str(USER),
    "name": "Storgata 2",
    "description": "by the sea",
    "aspect_ratio": "9:16",
    "music_track_id": None,
    "music_volume": 30,
    "generate_native_audio": True,
    "final_video_url": None,
    "thumbnail_url": None,
    "duration_seconds": None,
    "status": "draft",
    "clip_count": 3,
    "completed_clip_count": 0,
    "estimated_cost": 40,
    "actual_cost": None,
    "error_message": None,
    "trigger_run_id": None,
    "trigger_access_token": None,
    "metadata": {
        "engine": "local",
        "price_list": "engines-1",
        "native_audio": "a synthetic room tone",
    },
    "created_at": at(1),
    "updated_at": at(1),
    "revision": 2,
    "clearance": "none",
}


def test_a_video_has_a_row() -> None:
    assert projected(video_projects.projection, CREATED_VIDEO) == [VIDEO_ROW]


def test_a_video_without_sound_or_description_says_so() -> None:
    silent = replace(created, settings=replace(SETTINGS, generate_native_audio=False))
    rows = projected(video_projects.projection, [(VIDEO, silent)])
    assert [row["generate_native_audio"] for row in rows] == [False]
    assert [row["description"] for row in rows] == [None]
    assert [row["metadata"] for row in rows] == [{"engine": "local", "price_list": "engines-1"}]


COMPILED = FilmCompiled(
    revision=2,
    film=Film(key="film", sha256="f" * 64, size=900, thumbnail_key="still", duration_seconds=25),
    actual_cost_cents=35,
    at=THEN,
)


@pytest.mark.parametrize(
    "event,shown",
    [
        (
            replace(REQUESTED, revision=2),
            {"clearance": "requested", "trigger_run_id": str(run_id(VIDEO, 2))},
        ),
        (PaymentDemanded(revision=2, reason="no_method"), {"clearance": "payment_required"}),
        (CLEARED, {"clearance": "cleared", "status": "generating"}),
        (replace(CLEARED, begins=False), {"clearance": "cleared"}),
        (RunBegun(revision=2), {"clearance": "cleared", "status": "generating"}),
        (CompileStarted(revision=2, pieces=()), {"status": "compiling"}),
        (
            COMPILED,
            {
                "final_video_url": "blob:film",
                "thumbnail_url": "blob:still",
                "duration_seconds": 25,
                "actual_cost": 35,
                "metadata": {
                    "engine": "local",
                    "price_list": "engines-1",
                    "native_audio": "a synthetic room tone",
                    "film": {"sha256": "f" * 64, "size": 900},
                },
                "status": "completed",
            },
        ),
        *(
            (
                VideoFailed(revision=2, failed_count=1, reason=reason, cause="video.x"),
                {"status": "failed", "error_message": message, "clearance": "none"},
            )
            for reason, message in (
                ("sources_unavailable", "The pictures could not be fetched (video.x)."),
                ("clips_failed", "Not all clips could be made (video.x)."),
                ("compile_failed", "The clips could not be joined (video.x)."),
            )
        ),
    ],
    ids=lambda each: type(each).__name__,
)
def test_what_happens_to_a_video_is_shown(event: Any, shown: dict[str, Any]) -> None:
    told = [*CREATED_VIDEO, (OTHER, created), (VIDEO, event)]
    other = {"id": str(OTHER), "description": None, "created_at": at(2), "updated_at": at(2)}
    assert projected(video_projects.projection, told) == [
        {**VIDEO_ROW, **shown, "updated_at": at(3)},
        {**VIDEO_ROW, **other},
    ]


def test_finished_clips_are_counted_and_transitions_are_not() -> None:
    shared = replace(finished(CLIP), clip_ids=(CLIPS[0].id, CLIPS[2].id))
    told = [*CREATED_VIDEO, (VIDEO, finished(WANTED[2])), (VIDEO, shared)]
    counted = {**VIDEO_ROW, "completed_clip_count": 3, "updated_at": at(3)}
    assert projected(video_projects.projection, told) == [counted]
    told.append((VIDEO, finished(TRANSITION)))
    assert projected(video_projects.projection, told) == [counted]


def waited_for(*events: Any) -> dict[str, Any]:
    """Return by piece the row of each that a video waits for or has waited for."""
    told: list[tuple[UUID, Any]] = [(VIDEO, each) for each in events]
    return {row["piece_id"]: row for row in projected(progress.projection, told)}


def test_a_video_waits_for_each_of_its_pieces() -> None:
    kinds = ("clip", "transition", "clip", "transition", "clip")
    assert waited_for(*GENERATING) == {
        str(each.piece_id): {
            "id": str(ids.derive(VIDEO, "wanted", 1, each.piece_id)),
            "video_project_id": str(VIDEO),
            "revision": 1,
            "piece_id": str(each.piece_id),
            "kind": kind,
            "ended": False,
        }
        for each, kind in zip(WANTED, kinds, strict=True)
    }


@pytest.mark.parametrize(
    "piece,end",
    [
        (CLIP, finished(CLIP)),
        (TRANSITION, finished(TRANSITION)),
        (CLIP, ClipFailed(revision=1, piece_id=CLIP.piece_id, clip_ids=(), cause="video.x")),
        (
            TRANSITION,
            TransitionDropped(
                revision=1, piece_id=TRANSITION.piece_id, clip_ids=(), cause="video.x"
            ),
        ),
    ],
    ids=lambda each: type(each).__name__,
)
def test_a_piece_that_has_ended_is_not_waited_for(piece: Wanted, end: Any) -> None:
    rows = waited_for(STARTED, end)
    assert [id for id in rows if rows[id]["ended"]] == [str(piece.piece_id)]


def test_the_end_of_another_revisions_piece_is_another_row() -> None:
    rows = waited_for(STARTED, replace(finished(CLIP), revision=9))
    assert not any(row["ended"] for row in rows.values())
