"""The row that video shows of each video."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from chassis.testing.projected import at, kept, projected
from unit.video.films import (
    BEGUN,
    CLIP_IDS,
    CLIPS,
    CREATED,
    FILE,
    IMAGES,
    REQUESTED,
    SETTINGS,
    SOURCES,
    USER,
    VIDEO,
    WORKSPACE,
    end,
    run_ended,
)
from video.domain.pictures import Source
from video.domain.plan import run_id
from video.domain.video_events import (
    CapRaised,
    ClipsChanged,
    CompileBegun,
    CostNoted,
    ImageForgotten,
    PaymentDemanded,
    RevisionOpened,
    SettingsChanged,
    SourcesTaken,
    StartCleared,
    StartWithdrawn,
    VideoRemoved,
)
from video.projections import video_projects

OTHER = UUID(int=78)
created = replace(
    CREATED,
    settings=replace(SETTINGS, aspect_ratio="9:16", music_volume=30, music_track_id=UUID(int=8)),
    estimated_cost_cents=40,
)
CREATED_VIDEO = [(VIDEO, kept(description="by the sea")), (VIDEO, created)]
METADATA = {
    "price_list": "engines-2",
    "engine": "local",
    "native_audio": "a synthetic room tone",
    "motion": "calm",
    "show_logo": False,
    "end_card": False,
}
VIDEO_ROW = {
    "id": str(VIDEO),
    "workspace_id": str(WORKSPACE),
    "user_id": str(USER),
    "name": "Storgata 2",
    "description": "by the sea",
    "aspect_ratio": "9:16",
    "music_track_id": str(UUID(int=8)),
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
    "metadata": METADATA,
    "created_at": at(1),
    "updated_at": at(1),
    "revision": 1,
    "clearance": "none",
    "cost_micro_usd": 0,
    "sources": {},
}


def test_a_video_has_a_row() -> None:
    assert projected(video_projects.projection, CREATED_VIDEO) == [VIDEO_ROW]


def shown(*events: Any) -> dict[str, Any]:
    """Return the row after these events of the created video; that of another one stays."""
    told = [*CREATED_VIDEO, (OTHER, created), *((VIDEO, each) for each in events)]
    row, other = projected(video_projects.projection, told)
    beside = {"id": str(OTHER), "description": None, "created_at": at(2), "updated_at": at(2)}
    assert other == VIDEO_ROW | beside
    return row


DONE = {"final_video_url": "blob:film", "thumbnail_url": "blob:still", "duration_seconds": 18}
SETTLED = SettingsChanged(
    settings=replace(
        SETTINGS, title="Storgata 3", generate_native_audio=False, motion="normal", end_card=True
    ),
    estimated_cost_cents=7,
)
LEFT = ClipsChanged(clips=CLIPS[:2], removed=CLIP_IDS[2:], estimated_cost_cents=9)


@pytest.mark.parametrize(
    "event,changed",
    [
        (
            SETTLED,
            {
                "name": "Storgata 3",
                "aspect_ratio": "16:9",
                "music_track_id": None,
                "music_volume": 50,
                "generate_native_audio": False,
                "metadata": METADATA | {"native_audio": None, "motion": "normal", "end_card": True},
                "estimated_cost": 7,
            },
        ),
        (LEFT, {"clip_count": 2, "estimated_cost": 9}),
        (
            SourcesTaken(
                sources=(
                    SOURCES[0],
                    Source(name="upload:a/uploads/1.jpg", key="a/sources/x.jpg", sha256="x"),
                    Source(name="address:cafe", key="a/sources/y.jpg", sha256="y"),
                )
            ),
            {
                "sources": {
                    f"media:{IMAGES[0]}": f"blob:{SOURCES[0].key}",
                    "blob:a/uploads/1.jpg": "blob:a/sources/x.jpg",
                    "address:cafe": "blob:a/sources/y.jpg",
                }
            },
        ),
        (
            REQUESTED,
            {
                "clearance": "requested",
                "trigger_run_id": str(run_id(VIDEO, 1)),
                "trigger_access_token": "a" * 64,
            },
        ),
        (PaymentDemanded(run=1, reason="no_method"), {"clearance": "payment_required"}),
        (StartCleared(run=1), {"clearance": "cleared"}),
        (StartWithdrawn(), {"clearance": "none"}),
        (
            replace(BEGUN, progress_sha256="b" * 64),
            {
                "clearance": "cleared",
                "status": "generating",
                "trigger_run_id": str(run_id(VIDEO, 1)),
                "trigger_access_token": "b" * 64,
            },
        ),
        (CompileBegun(revision=1), {"status": "compiling"}),
        (
            run_ended("completed", *(end(id, clip_key="k") for id in CLIP_IDS), film=FILE, cost=1),
            {
                "status": "completed",
                "completed_clip_count": 3,
                "cost_micro_usd": 1,
                "actual_cost": 1,
                **DONE,
            },
        ),
        (
            run_ended("failed", end(CLIP_IDS[0], clip_key="k"), end(CLIP_IDS[1], cause="video.x")),
            {
                "status": "failed",
                "error_message": "Not all clips could be made (video.x).",
                "completed_clip_count": 1,
                "actual_cost": 0,
            },
        ),
        (
            run_ended("cancelled", end(CLIP_IDS[0]), cost=10_000),
            {"status": "draft", "cost_micro_usd": 10_000, "actual_cost": 1},
        ),
        (CostNoted(cost_micro_usd=10_001), {"cost_micro_usd": 10_001, "actual_cost": 2}),
        (
            RevisionOpened(revision=2, clearance="cleared"),
            {"status": "draft", "revision": 2, "clearance": "cleared"},
        ),
    ],
    ids=lambda each: type(each).__name__,
)
def test_what_happens_to_a_video_is_shown(event: Any, changed: dict[str, Any]) -> None:
    assert shown(event) == VIDEO_ROW | changed | {"updated_at": at(3)}


@pytest.mark.parametrize(
    "event",
    [
        CapRaised(cap_cents=900, reason="a palace"),
        ImageForgotten(image_generation_id=IMAGES[0], clip_ids=CLIP_IDS[:1]),
    ],
)
def test_what_its_row_does_not_show_leaves_it_alone(event: Any) -> None:
    assert shown(event) == VIDEO_ROW


@pytest.mark.parametrize(
    ("reason", "message"),
    [
        ("sources_unavailable", "The pictures could not be fetched (video.x)."),
        ("compile_failed", "The clips could not be joined (video.x)."),
        ("over_budget", "It came to cost more than it may (video.x)."),
    ],
)
def test_a_run_that_failed_says_why(reason: str, message: str) -> None:
    assert shown(replace(run_ended("failed"), reason=reason))["error_message"] == message


def test_a_film_stays_while_the_next_revision_is_made_and_what_it_cost_is_added_up() -> None:
    made = run_ended("completed", film=FILE, cost=15_000)
    opened = RevisionOpened(revision=2, clearance="cleared")
    again = replace(BEGUN, revision=2)
    failed = run_ended("failed", cost=20_000)
    row = shown(BEGUN, made, opened, again, failed)
    assert row == VIDEO_ROW | DONE | {
        "status": "failed",
        "error_message": "Not all clips could be made (video.x).",
        "clearance": "cleared",  # once delivered, no failure makes it void
        "trigger_run_id": str(run_id(VIDEO, 2)),
        "revision": 2,
        "cost_micro_usd": 35_000,
        "actual_cost": 4,
        "updated_at": at(7),
    }


def test_a_failure_before_anything_was_delivered_makes_the_clearance_void() -> None:
    assert shown(StartCleared(run=1), BEGUN, run_ended("failed"))["clearance"] == "none"


def test_a_new_start_leaves_the_failure_and_the_clips_of_the_last_one_behind() -> None:
    failed = run_ended("failed", end(CLIP_IDS[0], clip_key="k"))
    row = shown(REQUESTED, BEGUN, failed, BEGUN)
    assert (row["error_message"], row["completed_clip_count"]) == (None, 0)
    assert row["trigger_access_token"] == "a" * 64  # a start that gave out no other


def test_a_start_without_a_token_takes_the_last_one_back() -> None:
    assert (
        shown(REQUESTED, replace(REQUESTED, progress_sha256=None))["trigger_access_token"] is None
    )


def test_changed_clips_are_none_that_a_run_has_made_and_what_is_set_anew_is_no_copy() -> None:
    taken = SourcesTaken(sources=SOURCES)
    made = run_ended("cancelled", *(end(id, clip_key="k") for id in CLIP_IDS))
    row = shown(taken, BEGUN, made, replace(LEFT, anew=(SOURCES[0].name,)))
    assert row["completed_clip_count"] == 0
    copies = [row["sources"][f"media:{image}"] for image in IMAGES]
    assert copies == [None, f"blob:{SOURCES[1].key}", f"blob:{SOURCES[2].key}"]


def test_a_removed_video_has_no_row() -> None:
    told = [*CREATED_VIDEO, (OTHER, created), (VIDEO, VideoRemoved(clip_ids=(), revision=1))]
    (left,) = projected(video_projects.projection, told)
    assert left["id"] == str(OTHER)
