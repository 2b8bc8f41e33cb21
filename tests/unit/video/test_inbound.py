"""What video does about what it hears of auth and billing."""

from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from chassis.testing.heard import TOLD_AT, Streams, heard
from contracts.auth import events as auth
from contracts.billing import events as billing
from contracts.media import events as media
from unit.stages.forgotten import held
from unit.video.films import (
    BEGUN,
    CLEARED,
    CLIP_IDS,
    CREATED,
    IMAGES,
    OTHER,
    REQUESTED,
    USER,
    WORKSPACE,
)
from video.app import SERVICE
from video.domain import answer, customer, video_project
from video.domain.answer import AnswerKept
from video.domain.customer import StatusHeard, WorkspaceNoted
from video.domain.video_events import ImageForgotten, PaymentDemanded, VideoRemoved
from video.inbound import reactions
from video.projections import video_clips, video_projects

hears = partial(heard, SERVICE, reactions)

TARGET = UUID(int=77)
CUSTOMER = (customer.decider, WORKSPACE)
VIDEO = (video_project.decider, TARGET)
ANSWER = (answer.decider, TARGET)
WAITS = {VIDEO: [CREATED, REQUESTED]}

noted = WorkspaceNoted(workspace_id=WORKSPACE, owner_user_id=USER)
demanded = PaymentDemanded(run=1, reason="no_method")
created = auth.WorkspaceCreated(workspace_id=WORKSPACE, owner_user_id=USER)
cleared = billing.PaymentCleared(
    target_kind="video_project",
    target_id=TARGET,
    run=1,
    workspace_id=WORKSPACE,
    method="invoice",
    price_ore=90_000,
    price_version=0,
    vat_rate_bp=2_500,
)
required = billing.PaymentRequired(
    target_kind="video_project",
    target_id=TARGET,
    run=1,
    workspace_id=WORKSPACE,
    price_ore=90_000,
    reason="no_method",
)
EITHER = pytest.mark.parametrize("event", [cleared, required], ids=["cleared", "required"])


def test_a_new_workspace_is_noted_with_its_owner() -> None:
    hears(created).then({CUSTOMER: [noted]})


def test_a_workspace_heard_twice_is_noted_once() -> None:
    hears(created).given({CUSTOMER: [noted]}).then_nothing()


STATUSES = [
    (auth.WorkspaceSuspended(workspace_id=WORKSPACE), "suspended"),
    (auth.WorkspaceReinstated(workspace_id=WORKSPACE, status="trial"), "trial"),
    (auth.WorkspaceReinstated(workspace_id=WORKSPACE, status="active"), "active"),
    (auth.WorkspaceClosed(workspace_id=WORKSPACE, purge_after=TOLD_AT), "closed"),
]
BARRED = pytest.mark.parametrize("status", ["suspended", "closed"])


@pytest.mark.parametrize("event,status", STATUSES)
def test_what_becomes_of_a_workspace_is_known(event: Any, status: str) -> None:
    purge_after = TOLD_AT if status == "closed" else None
    now, other = StatusHeard(status=status, purge_after=purge_after), StatusHeard(status="another")
    hears(event).given({CUSTOMER: [noted, other]}).then({CUSTOMER: [now]})
    hears(event).given({CUSTOMER: [noted, other, now]}).then_nothing()


def test_a_workspace_is_active_before_anything_else_is_heard_of_it() -> None:
    again = auth.WorkspaceReinstated(workspace_id=WORKSPACE, status="active")
    hears(again).given({CUSTOMER: [noted]}).then_nothing()


def test_a_workspace_that_nobody_owns_yet_is_noted() -> None:
    ownerless = replace(noted, owner_user_id=None)
    hears(replace(created, owner_user_id=None)).then({CUSTOMER: [ownerless]})


def test_a_film_that_is_paid_for_begins() -> None:
    hears(cleared).given(WAITS).then({VIDEO: [CLEARED, BEGUN]})


def test_a_clearance_heard_twice_begins_once() -> None:
    hears(cleared).given({VIDEO: [*WAITS[VIDEO], CLEARED, BEGUN]}).then_nothing()


@BARRED
def test_a_clearance_in_a_workspace_that_may_begin_nothing_is_noted(status: str) -> None:
    given: Streams = {**WAITS, CUSTOMER: [noted, StatusHeard(status=status)]}
    hears(cleared).given(given).then({VIDEO: [CLEARED]})


def test_a_film_that_has_to_be_paid_for_waits() -> None:
    hears(required).given(WAITS).then({VIDEO: [demanded]})
    dear = replace(required, reason="price_above_max")
    hears(dear).given(WAITS).then({VIDEO: [replace(demanded, reason="price_above_max")]})


def test_a_demand_heard_twice_is_noted_once() -> None:
    hears(required).given({VIDEO: [*WAITS[VIDEO], demanded]}).then_nothing()


@EITHER
def test_what_is_not_of_ours_is_left_alone(event: Any) -> None:
    # a project of photographs may have a film's id
    photographs = replace(event, target_kind="image_project")
    hears(photographs).given(WAITS).then_not_even_read()


@EITHER
def test_an_answer_is_kept_for_a_film_that_is_not_known_or_never_asked(event: Any) -> None:
    kept = AnswerKept(
        workspace_id=event.workspace_id, run=event.run, reason=getattr(event, "reason", None)
    )
    hears(event).then({ANSWER: [kept]})
    hears(event).given({VIDEO: WAITS[VIDEO][:1]}).then({ANSWER: [kept]})
    hears(event).given({ANSWER: [kept]}).then_nothing()
    other = replace(kept, reason="another")  # the last one counts
    hears(event).given({ANSWER: [other]}).then({ANSWER: [kept]})


@EITHER
def test_an_answer_to_a_later_run_is_kept_for_when_it_is_asked(event: Any) -> None:
    kept = AnswerKept(workspace_id=WORKSPACE, run=2, reason=getattr(event, "reason", None))
    hears(replace(event, run=2)).given(WAITS).then({ANSWER: [kept]})


@EITHER
def test_what_is_said_of_another_workspace_or_of_what_is_gone_changes_nothing(event: Any) -> None:
    hears(replace(event, workspace_id=OTHER)).given(WAITS).then_nothing()
    hears(event).given(
        {VIDEO: [*WAITS[VIDEO], VideoRemoved(clip_ids=CLIP_IDS, revision=1)]}
    ).then_nothing()


def test_an_image_that_is_gone_is_shown_no_more_as_the_picture_of_a_clip() -> None:
    gone = media.ImageDeleted(root_id=OTHER, project_id=OTHER, workspace_id=WORKSPACE)
    forgotten = ImageForgotten(image_generation_id=IMAGES[1], clip_ids=CLIP_IDS[1:2])
    with held(video_projects.table, video_clips.table) as video:
        video.row(
            video_clips.table,
            id=CLIP_IDS[1],
            video_project_id=TARGET,
            image_generation_id=str(IMAGES[1]),
            source_image_url="x",
            room_type="kitchen",
            sequence_order=1,
        )
        of_version = replace(gone, version_ids=(IMAGES[1],))
        told = hears(of_version).given({VIDEO: [CREATED]}).beside(video.tables)
        told.reading(VIDEO).then({VIDEO: [forgotten]})
        hears(gone).given({VIDEO: [CREATED]}).beside(video.tables).then_nothing()
