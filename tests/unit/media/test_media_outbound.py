"""What others hear of media."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from chassis.domain import fold
from chassis.unit.store import Recorded
from contracts.media import events as told
from media.domain import image, project
from media.domain.image_events import (
    Event,
    ImageAdded,
    ImageEnhanced,
    ImageQueued,
    ImageRemoved,
    Original,
    Result,
    VersionRequested,
)
from media.domain.project_events import Event as ProjectEvent
from media.domain.project_events import (
    ProjectOpened,
    ProjectRemoved,
    RunCompleted,
    RunFailed,
    StartRequested,
)
from media.outbound import outbound

THIS, WORKSPACE, USER, ADMIN, LATER = (UUID(int=n) for n in (1, 2, 3, 4, 9))
AT = datetime(2026, 3, 1, tzinfo=UTC)
OPENED = ProjectOpened(
    workspace_id=WORKSPACE,
    user_id=USER,
    title="Storgata 2",
    style_template_id="modern",
    room_type=None,
)
PROJECT = fold(project.decider, [OPENED])
COMMON: dict[str, Any] = {
    "project_id": THIS,
    "project_kind": "image_project",
    "workspace_id": WORKSPACE,
}


def heard(event: Any, state: Any) -> Any:
    recorded = Recorded(
        event_id=UUID(int=8),
        stream_id=f"x-{THIS}",
        subject=THIS,
        version=3,
        event=event,
        meta={"workspace": str(WORKSPACE)},
        recorded_at=AT,
    )
    return outbound(recorded, state)


def test_a_start_is_told_with_who_asked_for_it() -> None:
    asked = StartRequested(run=2, user_id=ADMIN, max_price_ore=100)

    assert heard(asked, PROJECT) == told.ProjectStartRequested(
        **COMMON, user_id=ADMIN, run=2, title="Storgata 2", max_price_ore=100
    )


def test_the_end_of_a_run_is_told() -> None:
    completed = RunCompleted(run=1, completed_count=2, failed_count=1)
    failed = RunFailed(run=1, failed_count=3, reason="no_image_completed", clearance="none")

    assert heard(completed, PROJECT) == told.ProjectCompleted(
        **COMMON,
        user_id=USER,
        run=1,
        title="Storgata 2",
        completed_count=2,
        failed_count=1,
        completed_at=AT,
    )
    assert heard(failed, PROJECT) == told.ProjectFailed(
        **COMMON, run=1, failed_count=3, reason="no_image_completed"
    )


def test_a_finished_image_is_told_with_its_room_and_its_hash() -> None:
    original = Original(
        key="o.jpg", content_type="image/jpeg", size=1, sha256="a" * 64, width=1, height=1
    )
    added = ImageAdded(
        image_id=THIS,
        workspace_id=WORKSPACE,
        project_id=UUID(int=5),
        user_id=USER,
        original=original,
        style_template_id="modern",
        room_type="kitchen",
        prompt="",
    )
    edit = VersionRequested(
        version_id=LATER,
        number=2,
        workspace_id=WORKSPACE,
        project_id=UUID(int=5),
        user_id=USER,
        original=original,
        source_id=THIS,
        kind="edit",
        mode="remove",
        style_template_id="modern",
        room_type="hallway",
        prompt="",
        own_prompt=False,
        mask_key="mask.png",
    )
    result = Result(
        key="r.jpg",
        size=1,
        sha256="b" * 64,
        width=1,
        height=1,
        model="local-1",
        engine="local",
        alteration="technical",
        params_hash="c" * 64,
    )

    events: list[Event] = [added, edit]
    photograph = fold(image.decider, events)
    first = told.ImageCompleted(
        image_id=THIS,
        root_id=THIS,
        version=1,
        project_id=UUID(int=5),
        workspace_id=WORKSPACE,
        room_type="kitchen",
        sha256="b" * 64,
    )
    second = replace(first, image_id=LATER, version=2, room_type="hallway")

    assert heard(ImageEnhanced(result=result), photograph) == first  # as it was stored once
    assert heard(ImageEnhanced(version_id=THIS, result=result), photograph) == first
    assert heard(ImageEnhanced(version_id=LATER, result=result), photograph) == second
    assert heard(ImageQueued(run=1), photograph) is None
    where = {"project_id": UUID(int=5), "workspace_id": WORKSPACE}
    gone = told.ImageDeleted(root_id=THIS, version_ids=(THIS, LATER), **where)
    removed = ImageRemoved(version_ids=(THIS, LATER))
    assert heard(removed, fold(image.decider, [*events, removed])) == gone


def test_a_project_that_is_gone_is_told_as_deleted() -> None:
    told_of: list[ProjectEvent] = [OPENED, ProjectRemoved()]
    gone = fold(project.decider, told_of)

    assert heard(ProjectRemoved(), gone) == told.ProjectDeleted(**COMMON)
