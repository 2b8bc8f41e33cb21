"""What others hear of media."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from chassis.unit.store import Recorded
from contracts.media import events as told
from media.domain.image import Image, ImageEnhanced, ImageQueued, Original, Result
from media.domain.project_messages import RunCompleted, RunFailed, StartRequested
from media.domain.project_state import Project
from media.outbound import outbound

THIS, WORKSPACE, USER, ADMIN = (UUID(int=n) for n in (1, 2, 3, 4))
AT = datetime(2026, 3, 1, tzinfo=UTC)
PROJECT = Project(
    workspace_id=WORKSPACE,
    user_id=USER,
    title="Storgata 2",
    style_template_id="modern",
    room_type=None,
)
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
    image = Image(
        workspace_id=WORKSPACE,
        project_id=UUID(int=5),
        user_id=USER,
        original=original,
        style_template_id="modern",
        room_type="kitchen",
        prompt="",
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

    assert heard(ImageEnhanced(result=result), image) == told.ImageCompleted(
        image_id=THIS,
        root_id=THIS,
        version=1,
        project_id=UUID(int=5),
        workspace_id=WORKSPACE,
        room_type="kitchen",
        sha256="b" * 64,
    )
    assert heard(ImageQueued(run=1), image) is None
