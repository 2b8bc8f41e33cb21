"""The rows that media shows: projects and their photographs."""

from typing import Any
from uuid import UUID

import pytest

from chassis.testing.projected import at, projected
from media.domain.failures import FAILURES
from media.domain.image_events import (
    ImageAdded,
    ImageEnhanced,
    ImageFailed,
    ImagePostponed,
    ImageQueued,
    ImageRetried,
    Original,
    Result,
    RoomTypeSet,
)
from media.domain.project_events import (
    Cleared,
    ImageFinished,
    ImageJoined,
    ImageReturned,
    PaymentNeeded,
    ProcessingStarted,
    ProjectOpened,
    RunCompleted,
    RunFailed,
    StartRequested,
)
from media.projections import images, projects

PROJECT, WORKSPACE, USER, IMAGE, OTHER = (UUID(int=n) for n in range(1, 6))

opened = ProjectOpened(
    workspace_id=WORKSPACE,
    user_id=USER,
    title="Storgata 2",
    style_template_id="modern",
    room_type="kitchen",
)
PROJECT_ROW = {
    "id": str(PROJECT),
    "workspace_id": str(WORKSPACE),
    "user_id": str(USER),
    "name": "Storgata 2",
    "style_template_id": "modern",
    "room_type": "kitchen",
    "thumbnail_url": None,
    "status": "pending",
    "image_count": 0,
    "completed_count": 0,
    "created_at": at(1),
    "updated_at": at(1),
    "failed_count": 0,
    "clearance": "none",
    "run": 0,
}


def joined(image_id: UUID, key: str, status: str) -> ImageJoined:
    return ImageJoined(image_id=image_id, original_key=key, status=status)


def finished(completed: bool, status: str) -> ImageFinished:
    return ImageFinished(image_id=IMAGE, completed=completed, status=status)


def run_failed(clearance: str) -> RunFailed:
    return RunFailed(run=1, failed_count=2, reason="no_image_completed", clearance=clearance)


def test_a_project_has_a_row() -> None:
    assert projected(projects.projection, [(PROJECT, opened)]) == [PROJECT_ROW]


def test_photographs_are_counted_and_the_first_one_stands_for_the_project() -> None:
    told: list[tuple[UUID, Any]] = [
        (PROJECT, opened),
        (OTHER, opened),
        (PROJECT, joined(IMAGE, "first", "pending")),
        (PROJECT, joined(OTHER, "second", "processing")),
    ]
    counted = {
        "image_count": 2,
        "thumbnail_url": "blob:first",
        "status": "processing",
        "updated_at": at(4),
    }
    untouched = {"id": str(OTHER), "created_at": at(2), "updated_at": at(2)}
    assert projected(projects.projection, told) == [
        {**PROJECT_ROW, **counted},
        {**PROJECT_ROW, **untouched},
    ]


@pytest.mark.parametrize(
    "event,shown",
    [
        (
            StartRequested(run=3, user_id=OTHER, max_price_ore=7),
            {"clearance": "requested", "run": 3},
        ),
        (Cleared(run=3), {"clearance": "cleared"}),
        (PaymentNeeded(run=3, reason="no_method"), {"clearance": "payment_required"}),
        (
            ProcessingStarted(run=4, image_ids=(IMAGE,), status="processing"),
            {"run": 4, "status": "processing"},
        ),
        (finished(True, "completed"), {"completed_count": 1, "status": "completed"}),
        (finished(False, "failed"), {"failed_count": 1, "status": "failed"}),
        (ImageReturned(image_id=IMAGE, status="processing"), {"status": "processing"}),
        (run_failed("cleared"), {"clearance": "cleared"}),
    ],
    ids=lambda each: type(each).__name__,
)
def test_what_happens_to_a_project_is_shown(event: Any, shown: dict[str, Any]) -> None:
    rows = projected(projects.projection, [(PROJECT, opened), (PROJECT, event)])
    assert rows == [{**PROJECT_ROW, **shown, "updated_at": at(2)}]


def test_photographs_that_came_out_and_that_failed_are_counted_apart() -> None:
    ends = [finished(each, "processing") for each in (True, False, True, True, False)]
    rows = projected(projects.projection, [(PROJECT, opened), *((PROJECT, end) for end in ends)])
    assert [(row["completed_count"], row["failed_count"]) for row in rows] == [(3, 2)]


def test_what_begins_again_after_all_of_it_failed_has_not_failed() -> None:
    again = ProcessingStarted(run=2, image_ids=(IMAGE, OTHER), status="processing", reopened=2)
    told = [finished(False, "failed"), finished(False, "failed"), run_failed("none")]
    (shown,) = projected(projects.projection, [(PROJECT, each) for each in (opened, *told)])
    assert (shown["failed_count"], shown["clearance"]) == (2, "none")
    (shown,) = projected(projects.projection, [(PROJECT, each) for each in (opened, *told, again)])
    assert (shown["failed_count"], shown["status"], shown["run"]) == (0, "processing", 2)


def test_the_end_of_a_run_shows_nothing_new() -> None:
    ended = RunCompleted(run=1, completed_count=1, failed_count=0)
    assert projected(projects.projection, [(PROJECT, opened), (PROJECT, ended)]) == [PROJECT_ROW]


added = ImageAdded(
    workspace_id=WORKSPACE,
    project_id=PROJECT,
    user_id=USER,
    original=Original(
        key="original", content_type="image/jpeg", size=500, sha256="a" * 64, width=40, height=30
    ),
    style_template_id="modern",
    room_type="kitchen",
    prompt="a kitchen",
)
IMAGE_ROW = {
    "id": str(IMAGE),
    "workspace_id": str(WORKSPACE),
    "user_id": str(USER),
    "project_id": str(PROJECT),
    "original_image_url": "blob:original",
    "result_image_url": None,
    "prompt": "a kitchen",
    "version": 1,
    "parent_id": None,
    "status": "pending",
    "error_message": None,
    "metadata": None,
    "created_at": at(1),
    "updated_at": at(1),
    "source_id": None,
    "alteration": "none",
    "room_type": "kitchen",
    "width": 40,
    "height": 30,
    "size_bytes": 500,
    "sha256": "a" * 64,
    "is_current": True,
    "kind": None,
    "file_name": "[erased]",
    "attempts": 0,
    "cost_micro_usd": 0,
    "original_sha256": "a" * 64,
    "published_token_sha256": None,
    "published_at": None,
    "publications": 0,
}
enhanced = ImageEnhanced(
    result=Result(
        key="result",
        size=600,
        sha256="b" * 64,
        width=80,
        height=60,
        model="m1",
        engine="local",
        alteration="technical",
        params_hash="c",
    )
)


def test_a_photograph_has_a_row() -> None:
    assert projected(images.projection, [(IMAGE, added)]) == [IMAGE_ROW]


@pytest.mark.parametrize(
    "event,shown",
    [
        (
            RoomTypeSet(room_type="garden", prompt="a garden"),
            {"room_type": "garden", "prompt": "a garden"},
        ),
        (ImageQueued(run=1), {"status": "processing"}),
        (
            ImageQueued(run=1, style_template_id="scandinavian", prompt="a light kitchen"),
            {"status": "processing", "prompt": "a light kitchen"},
        ),
        (
            enhanced,
            {
                "status": "completed",
                "result_image_url": "blob:result",
                "metadata": {
                    "model": "m1",
                    "engine": "local",
                    "tokens": None,
                    "params_hash": "c",
                },
                "attempts": 1,
                "alteration": "technical",
                "width": 80,
                "height": 60,
                "size_bytes": 600,
                "sha256": "b" * 64,
            },
        ),
        *(
            (
                ImageFailed(reason=reason),
                {"status": "failed", "error_message": failure.text, "attempts": 1},
            )
            for reason, failure in FAILURES.items()
        ),
    ],
    ids=lambda each: type(each).__name__,
)
def test_what_happens_to_a_photograph_is_shown(event: Any, shown: dict[str, Any]) -> None:
    rows = projected(images.projection, [(OTHER, added), (IMAGE, added), (IMAGE, event)])
    assert rows == [
        {**IMAGE_ROW, "id": str(OTHER)},
        {**IMAGE_ROW, **shown, "created_at": at(2), "updated_at": at(3)},
    ]


def test_a_photograph_that_is_tried_again_shows_no_failure() -> None:
    again = ImageRetried(version_id=IMAGE, run=2)
    told = [added, ImageQueued(run=1), ImageFailed(reason="invalid_input"), again]
    rows = projected(images.projection, [(IMAGE, each) for each in told])
    assert rows == [{**IMAGE_ROW, "status": "processing", "attempts": 1, "updated_at": at(4)}]


def test_a_photograph_whose_work_was_taken_back_is_pending() -> None:
    told = [added, ImageQueued(run=1), ImagePostponed()]
    rows = projected(images.projection, [(IMAGE, each) for each in told])
    assert rows == [{**IMAGE_ROW, "updated_at": at(3)}]
