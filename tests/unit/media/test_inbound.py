"""What media does about what it hears of auth and billing."""

from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from chassis.testing.heard import TOLD_AT, Streams, heard
from contracts.auth import events as auth
from contracts.billing import events as billing
from media.app import SERVICE
from media.domain import answer, customer, image, project
from media.domain.answer import AnswerKept
from media.domain.customer import StatusHeard, WorkspaceNoted
from media.domain.image_events import ImageAdded, ImageFailed, ImageQueued, ImageRetried, Original
from media.domain.project_events import (
    Cleared,
    ImageFinished,
    ImageJoined,
    PaymentNeeded,
    ProcessingStarted,
    ProjectOpened,
    ProjectRemoved,
    RunFailed,
    StartRequested,
)
from media.inbound import reactions

hears = partial(heard, SERVICE, reactions)

WORKSPACE, USER, OTHER, TARGET = (UUID(int=n) for n in range(1, 5))
KITCHEN, GARDEN, UNPLACED = (UUID(int=n) for n in range(11, 14))
CUSTOMER = (customer.decider, WORKSPACE)
PROJECT = (project.decider, TARGET)
ANSWER = (answer.decider, TARGET)
IMAGES = [(image.decider, id) for id in (KITCHEN, GARDEN, UNPLACED)]
RUN = 1

opened = ProjectOpened(
    workspace_id=WORKSPACE,
    user_id=USER,
    title="Storgata 2",
    style_template_id="modern",
    room_type=None,
)
requested = StartRequested(run=RUN, user_id=USER, max_price_ore=None)
began = ProcessingStarted(run=RUN, image_ids=(KITCHEN, GARDEN), status="processing")
needed = PaymentNeeded(run=RUN, reason="no_method")


def joined(image_id: UUID) -> ImageJoined:
    return ImageJoined(image_id=image_id, original_key="key", status="pending")


def added(room_type: str | None) -> ImageAdded:
    return ImageAdded(
        workspace_id=WORKSPACE,
        project_id=TARGET,
        user_id=USER,
        original=Original(
            key="key", content_type="image/jpeg", size=5, sha256="a" * 64, width=4, height=3
        ),
        style_template_id="modern",
        room_type=room_type,
        prompt="a room",
    )


WAITING = [opened, *map(joined, (KITCHEN, GARDEN, UNPLACED)), requested]
PLACED: Streams = dict(
    zip(IMAGES, ([added("kitchen")], [added("garden")], [added(None)]), strict=True)
)
WAITS: Streams = {PROJECT: WAITING, **PLACED}
noted = WorkspaceNoted(workspace_id=WORKSPACE)
created = auth.WorkspaceCreated(workspace_id=WORKSPACE, owner_user_id=USER)
cleared = billing.PaymentCleared(
    target_kind="image_project",
    target_id=TARGET,
    run=RUN,
    workspace_id=WORKSPACE,
    method="invoice",
    price_ore=90_000,
    price_version=0,
    vat_rate_bp=2_500,
)
required = billing.PaymentRequired(
    target_kind="image_project",
    target_id=TARGET,
    run=RUN,
    workspace_id=WORKSPACE,
    price_ore=90_000,
    reason="no_method",
)


def test_a_new_workspace_is_noted() -> None:
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


def test_a_cleared_project_begins_with_the_photographs_that_have_a_room() -> None:
    queued = {each: [ImageQueued(run=RUN)] for each in IMAGES[:2]}
    decided: Streams = {PROJECT: [Cleared(run=RUN), began], **queued}
    hears(cleared).given(WAITS).reading(*IMAGES).then(decided)


def test_a_cleared_project_without_photographs_is_cleared() -> None:
    given: Streams = {PROJECT: [opened, requested]}
    hears(cleared).given(given).then({PROJECT: [Cleared(run=RUN)]})


@BARRED
def test_a_clearance_in_a_workspace_that_may_begin_nothing_is_noted(status: str) -> None:
    given = {**WAITS, CUSTOMER: [noted, StatusHeard(status=status)]}
    hears(cleared).given(given).reading(*IMAGES).then({PROJECT: [Cleared(run=RUN)]})


def test_the_run_is_the_one_that_billing_names() -> None:
    given: Streams = {PROJECT: [opened, requested]}
    seventh = replace(cleared, run=7)
    hears(seventh).given(given).then({PROJECT: [Cleared(run=7)], ANSWER: [kept(seventh)]})


def test_a_clearance_heard_twice_begins_nothing_twice() -> None:
    queued = {each: [*PLACED[each], ImageQueued(run=RUN)] for each in IMAGES[:2]}
    done: Streams = {**WAITS, PROJECT: [*WAITING, Cleared(run=RUN), began], **queued}
    hears(cleared).given(done).reading(*IMAGES).then_nothing()


def test_what_the_project_began_and_a_photograph_missed_is_queued() -> None:
    done: Streams = {**WAITS, PROJECT: [*WAITING, Cleared(run=RUN), began]}
    queued = {each: [ImageQueued(run=RUN)] for each in IMAGES[:2]}
    hears(cleared).given(done).reading(*IMAGES).then(queued)


def test_a_project_that_needs_a_payment_waits_for_it() -> None:
    hears(required).given(WAITS).then({PROJECT: [needed]})
    dear = replace(required, reason="price_above_max")
    hears(dear).given(WAITS).then({PROJECT: [replace(needed, reason="price_above_max")]})


def test_a_demand_heard_twice_is_noted_once() -> None:
    hears(required).given({**WAITS, PROJECT: [*WAITING, needed]}).then_nothing()


def test_a_demand_for_an_earlier_run_is_none_for_this_one() -> None:
    hears(replace(required, run=RUN - 1)).given(WAITS).then_nothing()


def kept(event: Any) -> AnswerKept:
    reason = getattr(event, "reason", None)
    return AnswerKept(workspace_id=event.workspace_id, run=event.run, reason=reason)


def test_a_demand_for_a_run_that_was_not_asked_for_yet_is_kept() -> None:
    later = replace(required, run=RUN + 1)
    hears(later).given(WAITS).then({ANSWER: [kept(later)]})


FAILED_WHOLE: list[Any] = [
    *WAITING,
    Cleared(run=RUN),
    began,
    ImageFinished(image_id=KITCHEN, completed=False, status="processing"),
    ImageFinished(image_id=GARDEN, completed=False, status="failed"),
    RunFailed(run=RUN, failed_count=2, reason="no_image_completed", clearance="none"),
]
LOST: Streams = {
    each: [*PLACED[each], ImageQueued(run=RUN), ImageFailed(reason="invalid_input")]
    for each in IMAGES[:2]
}
ASKED_AGAIN: Streams = {
    **PLACED,
    **LOST,
    PROJECT: [*FAILED_WHOLE, replace(requested, run=RUN + 1)],
}


def test_photographs_that_failed_begin_again_once_the_next_run_is_cleared() -> None:
    again = replace(began, run=RUN + 1, reopened=2)
    retried = {each: [ImageRetried(version_id=each[1], run=RUN + 1)] for each in IMAGES[:2]}
    decided: Streams = {PROJECT: [Cleared(run=RUN + 1), again], **retried}
    hears(replace(cleared, run=RUN + 1)).given(ASKED_AGAIN).reading(*IMAGES).then(decided)


def test_a_clearance_of_the_run_that_failed_begins_nothing_however_late_it_is_heard() -> None:
    hears(cleared).given({**LOST, PROJECT: FAILED_WHOLE}).then_nothing()
    hears(cleared).given(ASKED_AGAIN).reading(*IMAGES).then_nothing()


def test_a_clearance_of_a_run_that_a_restored_project_has_still_to_ask_for_is_kept() -> None:
    later = replace(cleared, run=RUN + 1)
    at_work: Streams = {**WAITS, PROJECT: [*WAITING, Cleared(run=RUN)]}
    hears(later).given(at_work).reading(*IMAGES).then({ANSWER: [kept(later)]})


@pytest.mark.parametrize("event", [cleared, required], ids=["cleared", "required"])
def test_an_answer_is_kept_for_a_project_that_never_asked(event: Any) -> None:
    hears(event).given({PROJECT: [opened]}).then({ANSWER: [kept(event)]})
    hears(event).given({PROJECT: [opened], ANSWER: [kept(event)]}).then_nothing()


@pytest.mark.parametrize("event", [cleared, required], ids=["cleared", "required"])
def test_an_answer_for_a_project_that_was_deleted_is_passed_over(event: Any) -> None:
    for run in (RUN, RUN + 1):
        gone: Streams = {PROJECT: [*WAITING, ProjectRemoved()]}
        hears(replace(event, run=run)).given(gone).then_nothing()


@pytest.mark.parametrize("event", [cleared, required], ids=["cleared", "required"])
def test_what_is_not_of_ours_is_left_alone(event: Any) -> None:
    # a film may be given a project's id
    film = replace(event, target_kind="video_project")
    hears(film).given(WAITS).then_not_even_read()


@pytest.mark.parametrize("event", [cleared, required], ids=["cleared", "required"])
def test_an_answer_is_kept_for_a_project_that_is_not_known(event: Any) -> None:
    hears(event).then({ANSWER: [kept(event)]})
    other = replace(kept(event), run=RUN - 1)  # the last one counts
    hears(event).given({ANSWER: [other]}).then({ANSWER: [kept(event)]})


@pytest.mark.parametrize("event,read", [(cleared, IMAGES), (required, [])])
def test_billing_may_not_speak_of_another_workspace(event: Any, read: list[Any]) -> None:
    another = replace(event, workspace_id=OTHER)
    hears(another).given(WAITS).reading(*read).then_refused("media.workspace_mismatch")
