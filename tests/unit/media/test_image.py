"""The rules of one photograph."""

from dataclasses import replace
from uuid import UUID

import pytest

from chassis.testing.spec import scenario
from media.domain.image import (
    AddImage,
    Command,
    Complete,
    Event,
    Fail,
    ImageAdded,
    ImageEnhanced,
    ImageFailed,
    ImagePostponed,
    ImageQueued,
    Original,
    Postpone,
    Queue,
    Result,
    RoomTypeSet,
    SetRoomType,
    decider,
)
from media.domain.templates import prompt

PROJECT = UUID(int=2)
ORIGINAL = Original(
    key="w/p/original/i.jpg",
    content_type="image/jpeg",
    size=1_000,
    sha256="a" * 64,
    width=40,
    height=30,
)
RESULT = Result(
    key="w/p/result/i.jpg",
    size=2_000,
    sha256="b" * 64,
    width=40,
    height=30,
    model="local-1",
    engine="local",
    alteration="technical",
    params_hash="c" * 64,
)
ADD = AddImage(
    workspace_id=UUID(int=1),
    project_id=PROJECT,
    user_id=UUID(int=3),
    original=ORIGINAL,
    style_template_id="modern",
    room_type=None,
)
ADDED = ImageAdded(
    workspace_id=UUID(int=1),
    project_id=PROJECT,
    user_id=UUID(int=3),
    original=ORIGINAL,
    style_template_id="modern",
    room_type=None,
    prompt=prompt("modern", None),
)
KITCHEN = SetRoomType(project_id=PROJECT, room_type="kitchen")
IN_KITCHEN = RoomTypeSet(room_type="kitchen", prompt=prompt("modern", "kitchen"))
QUEUED = ImageQueued(run=1)
ENHANCED = ImageEnhanced(result=RESULT)
FAILED = ImageFailed(reason="provider_timeout")

image = scenario(decider)


def test_an_added_image_is_given_the_words_of_its_style() -> None:
    image.when(ADD).then(ADDED)


def test_an_image_added_twice_is_one_image() -> None:
    image.given(ADDED).when(ADD).then_nothing()


def test_another_file_under_the_same_id_is_refused() -> None:
    other = replace(ADD, original=replace(ORIGINAL, sha256="d" * 64))

    image.given(ADDED).when(other).then_refused("media.image_exists")


def test_a_room_type_changes_the_words() -> None:
    image.given(ADDED).when(KITCHEN).then(IN_KITCHEN)


def test_the_same_room_type_again_changes_nothing() -> None:
    image.given(ADDED, IN_KITCHEN).when(KITCHEN).then_nothing()


def test_a_room_type_set_after_the_start_leaves_the_words_that_were_used() -> None:
    bedroom = SetRoomType(project_id=PROJECT, room_type="bedroom")
    kept = RoomTypeSet(room_type="bedroom", prompt=IN_KITCHEN.prompt)

    image.given(ADDED, IN_KITCHEN, QUEUED).when(bedroom).then(kept)


def test_an_image_of_another_project_is_not_found() -> None:
    foreign = SetRoomType(project_id=UUID(int=9), room_type="kitchen")

    image.given(ADDED).when(foreign).then_refused("media.image_not_found")


def test_a_pending_image_is_queued() -> None:
    image.given(ADDED).when(Queue(run=1)).then(QUEUED)


def test_a_queued_image_completes_or_fails() -> None:
    image.given(ADDED, QUEUED).when(Complete(result=RESULT)).then(ENHANCED)
    image.given(ADDED, QUEUED).when(Fail(reason="provider_timeout")).then(FAILED)


def test_a_queued_image_that_is_postponed_is_pending_again() -> None:
    postponed = image.given(ADDED, QUEUED, ImagePostponed())

    image.given(ADDED, QUEUED).when(Postpone()).then(ImagePostponed())
    postponed.when(Postpone()).then_nothing()
    postponed.when(Complete(result=RESULT)).then_nothing()
    postponed.when(Fail(reason="x")).then_nothing()
    postponed.when(KITCHEN).then(IN_KITCHEN)
    postponed.when(Queue(run=1)).then(QUEUED)


def test_what_is_not_queued_is_not_postponed() -> None:
    image.given(ADDED).when(Postpone()).then_nothing()


@pytest.mark.parametrize("end", [ENHANCED, FAILED])
@pytest.mark.parametrize("command", [Complete(result=RESULT), Fail(reason="x"), Postpone()])
def test_an_image_that_has_ended_never_changes_its_end(end: Event, command: Command) -> None:
    image.given(ADDED, QUEUED, end).when(command).then_nothing()


def test_a_failed_image_may_be_queued_again_one_that_came_out_may_not() -> None:
    failed, again = image.given(ADDED, QUEUED, FAILED), ImageQueued(run=2)

    failed.when(Queue(run=2)).then(again)
    failed.given(again).when(Queue(run=2)).then_nothing()
    failed.given(again).when(Complete(result=RESULT)).then(ENHANCED)
    image.given(ADDED, QUEUED, ENHANCED).when(Queue(run=2)).then_nothing()


@pytest.mark.parametrize("command", [Complete(result=RESULT), Fail(reason="x")])
def test_an_image_that_was_never_queued_does_not_end(command: Command) -> None:
    image.given(ADDED).when(command).then_nothing()


def test_an_image_is_queued_once() -> None:
    image.given(ADDED, QUEUED).when(Queue(run=1)).then_nothing()
