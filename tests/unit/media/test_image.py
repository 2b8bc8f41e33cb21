"""The rules of one photograph and its versions: every cell of state and command."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from chassis import codec
from chassis.testing.spec import Scenario, scenario
from media.domain.image import State, decider
from media.domain.image_events import (
    AlterationSet,
    Event,
    ImageAdded,
    ImageCancelled,
    ImageEnhanced,
    ImageFailed,
    ImagePostponed,
    ImageQueued,
    ImageRemoved,
    ImageRetried,
    LateResultNoted,
    MaskAdded,
    Original,
    OriginalPublished,
    OriginalRevoked,
    Result,
    RoomTypeSet,
    VersionRequested,
    VersionSelected,
)
from media.domain.image_messages import (
    AddImage,
    AddMask,
    Cancel,
    Command,
    Complete,
    Edit,
    Fail,
    NoteLate,
    Postpone,
    PublishOriginal,
    Queue,
    Regenerate,
    Remove,
    Retry,
    RevokeOriginal,
    Select,
    SetAlteration,
    SetRoomType,
)
from media.domain.templates import REMOVAL, prompt

WORKSPACE, PROJECT, USER, FIRST, SECOND, THIRD, MASK, EMPTY, TALL, STRANGER = (
    UUID(int=n) for n in range(1, 11)
)
ORIGINAL = Original(
    key="w/p/original/i.jpg",
    content_type="image/jpeg",
    size=1_000,
    sha256="a" * 64,
    width=40,
    height=30,
)
EDITOR = UUID(int=77)
RESULT = Result(
    key="w/p/result/i.jpg",
    size=2_000,
    sha256="b" * 64,
    width=400,
    height=300,
    model="local-1",
    engine="local",
    alteration="technical",
    params_hash="c" * 64,
)
add = AddImage(
    image_id=FIRST,
    workspace_id=WORKSPACE,
    project_id=PROJECT,
    user_id=USER,
    original=ORIGINAL,
    style_template_id="modern",
    room_type=None,
)
added = ImageAdded(
    image_id=FIRST,
    workspace_id=WORKSPACE,
    project_id=PROJECT,
    user_id=USER,
    original=ORIGINAL,
    style_template_id="modern",
    room_type=None,
    prompt=prompt("modern", None),
)
placing = SetRoomType(project_id=PROJECT, room_type="kitchen")
placed = RoomTypeSet(room_type="kitchen", prompt=prompt("modern", "kitchen"))
placed_late = replace(placed, prompt=added.prompt)
placed_both = replace(placed_late, later_ids=(SECOND,))
queue = Queue(image_id=FIRST, run=1, style_template_id="modern")
queued = ImageQueued(run=1)
again = ImageRetried(version_id=FIRST, run=1)
complete = Complete(version_id=FIRST, result=RESULT)
paid = Complete(version_id=FIRST, result=RESULT, cost_micro_usd=39_000, attempts=2)
came_out = ImageEnhanced(version_id=FIRST, result=RESULT)
came_out_paid = replace(came_out, cost_micro_usd=39_000, attempts=2)
late = LateResultNoted(version_id=FIRST, cost_micro_usd=39_000)
fail = Fail(version_id=FIRST, reason="provider_timeout")
failed = ImageFailed(version_id=FIRST, reason="provider_timeout")
cancelled = ImageCancelled(version_id=FIRST)
mask = MaskAdded(mask_id=MASK, key="m", width=40, height=30)
empty = replace(mask, mask_id=EMPTY, is_empty=True)
tall = replace(mask, mask_id=TALL, height=40)
edit = Edit(
    version_id=SECOND,
    user_id=EDITOR,
    source_id=FIRST,
    mode="remove",
    mask_id=MASK,
    own_prompt=False,
    most=50,
)
edited = VersionRequested(
    version_id=SECOND,
    number=2,
    workspace_id=added.workspace_id,
    project_id=added.project_id,
    user_id=EDITOR,
    original=added.original,
    source_id=FIRST,
    kind="edit",
    mode="remove",
    style_template_id="modern",
    room_type=None,
    prompt=REMOVAL,
    own_prompt=False,
    mask_key="m",
)
regenerate = Regenerate(
    version_id=THIRD,
    user_id=EDITOR,
    source_id=FIRST,
    style_template_id="scandinavian",
    room_type=None,
    most=50,
)
regenerated = VersionRequested(
    version_id=THIRD,
    number=2,
    workspace_id=added.workspace_id,
    project_id=added.project_id,
    user_id=EDITOR,
    original=added.original,
    source_id=FIRST,
    kind="regenerate",
    mode=None,
    style_template_id="scandinavian",
    room_type=None,
    prompt=prompt("scandinavian", None),
    own_prompt=False,
    mask_key=None,
)
regenerated_third = replace(regenerated, number=3)
retry = Retry(version_id=FIRST, run=1, most=10)
correct = SetAlteration(version_id=FIRST, alteration="material")
corrected = AlterationSet(version_id=FIRST, alteration="material")
marking = AddMask(mask_id=STRANGER, key="n", width=4, height=3, is_empty=False)
marked = MaskAdded(mask_id=STRANGER, key="n", width=4, height=3)
publish, published = PublishOriginal(token_sha256="t"), OriginalPublished(token_sha256="t")
revoked = OriginalRevoked(token_sha256=published.token_sha256)
removed = ImageRemoved(version_ids=(FIRST,))
both_removed = ImageRemoved(version_ids=(FIRST, SECOND))
chosen = VersionSelected(version_id=FIRST, replaces=SECOND)
second_out = ImageEnhanced(version_id=SECOND, result=RESULT, stands=True, replaces=FIRST)

done: list[Event] = [added, mask, empty, tall, queued, came_out]
two_done: list[Event] = [*done, edited, second_out]
STATES: dict[str, list[Event]] = {
    "none": [],
    "pending": [added],
    "processing": [added, mask, queued],
    "postponed": [added, queued, ImagePostponed()],
    "completed": done,
    "failed": [added, queued, failed],
    "cancelled": [added, queued, cancelled],
    "retried": [added, queued, failed, again],
    "being edited": [*done, edited],
    "edited": two_done,
    "published": [*done, published],
    "removed": [*done, removed],
}
COMMANDS: list[Command] = [
    *(add, placing, queue, Postpone(), edit, regenerate, retry, complete, paid, fail),
    *(Cancel(version_id=FIRST), Select(version_id=FIRST), correct, marking),
    *(publish, RevokeOriginal(), Remove(), NoteLate(version_id=FIRST, cost_micro_usd=39_000)),
]
NOTHING: tuple[Event, ...] = ()
GONE = "media.image_not_found"
INCOMPLETE, NOT_FAILED = "media.not_completed", "media.not_failed"

# by state: what follows each of the commands, in their order; a text is a refusal
CELLS: dict[str, list[Any]] = {
    "none": [added, *[AssertionError] * 17],
    "pending": [
        *(NOTHING, placed, queued, NOTHING, INCOMPLETE, INCOMPLETE, NOT_FAILED),
        *(NOTHING, late, NOTHING, NOTHING, INCOMPLETE, corrected, marked),
        *(published, NOTHING, removed),
        late,
    ],
    "processing": [
        *(NOTHING, placed_late, NOTHING, ImagePostponed(), INCOMPLETE, INCOMPLETE, NOT_FAILED),
        *(came_out, came_out_paid, failed, cancelled, INCOMPLETE, corrected, marked),
        *(published, NOTHING, removed),
        late,
    ],
    "postponed": [
        *(NOTHING, placed, queued, NOTHING, INCOMPLETE, INCOMPLETE, NOT_FAILED),
        *(NOTHING, late, NOTHING, NOTHING, INCOMPLETE, corrected, marked),
        *(published, NOTHING, removed),
        late,
    ],
    "completed": [
        *(NOTHING, placed_late, NOTHING, NOTHING, edited, regenerated, NOT_FAILED),
        *(NOTHING, late, NOTHING, NOTHING, NOTHING, corrected, marked),
        *(published, NOTHING, removed),
        late,
    ],
    "failed": [
        *(NOTHING, placed_late, again, NOTHING, INCOMPLETE, INCOMPLETE, again),
        *(NOTHING, late, NOTHING, NOTHING, INCOMPLETE, corrected, marked),
        *(published, NOTHING, removed),
        late,
    ],
    "cancelled": [
        *(NOTHING, placed_late, again, NOTHING, INCOMPLETE, INCOMPLETE, again),
        *(NOTHING, late, NOTHING, NOTHING, INCOMPLETE, corrected, marked),
        *(published, NOTHING, removed),
        late,
    ],
    "retried": [
        *(NOTHING, placed_late, NOTHING, ImagePostponed(), INCOMPLETE, INCOMPLETE, NOT_FAILED),
        *(came_out, came_out_paid, failed, cancelled, INCOMPLETE, corrected, marked),
        *(published, NOTHING, removed),
        late,
    ],
    "being edited": [
        *(NOTHING, placed_both, NOTHING, NOTHING, replace(edited, number=3), regenerated_third),
        *(NOT_FAILED, NOTHING, late, NOTHING, NOTHING, NOTHING, corrected, marked),
        *(published, NOTHING, both_removed),
        late,
    ],
    "edited": [
        *(NOTHING, placed_both, NOTHING, NOTHING, replace(edited, number=3), regenerated_third),
        *(NOT_FAILED, NOTHING, late, NOTHING, NOTHING, chosen, corrected, marked),
        *(published, NOTHING, both_removed),
        late,
    ],
    "published": [
        *(NOTHING, placed_late, NOTHING, NOTHING, edited, regenerated, NOT_FAILED),
        *(NOTHING, late, NOTHING, NOTHING, NOTHING, corrected, marked),
        *(NOTHING, revoked, removed),
        late,
    ],
    "removed": [
        *(GONE, GONE, GONE, NOTHING, GONE, GONE, GONE, NOTHING, late, NOTHING),
        *(NOTHING, GONE, GONE, GONE, GONE, GONE, NOTHING),
        late,
    ],
}

image: Scenario[State, Command, Event] = scenario(decider)
finished = image.given(*done)


@pytest.mark.parametrize("state", STATES)
def test_every_command_in_every_state(state: str) -> None:
    for command, expected in zip(COMMANDS, CELLS[state], strict=True):
        story = image.given(*STATES[state]).when(command)
        if isinstance(expected, str):
            story.then_refused(expected)
        elif expected is AssertionError:
            with pytest.raises(AssertionError, match="needs an image"):
                story.then_nothing()
        else:
            story.then(*(expected if isinstance(expected, tuple) else (expected,)))


def test_the_table_knows_every_command() -> None:
    assert {type(each) for each in COMMANDS} == set(Command.__args__)


def test_another_file_under_the_same_id_is_refused() -> None:
    other = replace(add, original=replace(ORIGINAL, sha256="d" * 64))

    image.given(added).when(other).then_refused("media.image_exists")


def test_an_image_of_another_project_is_not_found() -> None:
    image.given(added).when(replace(placing, project_id=STRANGER)).then_refused(GONE)


def test_the_same_room_type_again_changes_nothing() -> None:
    image.given(added, placed).when(placing).then_nothing()


def test_a_room_is_the_photographs_and_all_its_versions_show_it() -> None:
    seen = image.given(*two_done, placed_both).state()

    assert [each.room_type for each in seen.versions] == ["kitchen", "kitchen"]
    assert [each.prompt for each in seen.versions] == [added.prompt, REMOVAL]


def test_what_is_begun_is_begun_in_the_style_that_the_project_has_by_then() -> None:
    restyled = replace(queue, style_template_id="scandinavian")
    words = prompt("scandinavian", "kitchen")
    in_style = ImageQueued(run=1, style_template_id="scandinavian", prompt=words)

    image.given(added, placed).when(restyled).then(in_style)
    first = image.given(added, placed, in_style).state().first
    assert (first.style_template_id, first.prompt) == ("scandinavian", words)


@pytest.mark.parametrize(
    "change,refusal",
    [
        ({"source_id": STRANGER}, GONE),
        ({"mask_id": None}, "media.mask_missing"),
        ({"mask_id": STRANGER}, GONE),
        ({"mask_id": TALL}, "media.mask_mismatch"),
        ({"mask_id": EMPTY}, "media.mask_empty"),
        ({"mode": "add"}, "media.prompt_missing"),
        ({"most": 1}, "media.too_many_versions"),
    ],
)
def test_what_cannot_be_edited_is_refused(change: dict[str, Any], refusal: str) -> None:
    finished.when(replace(edit, **change)).then_refused(refusal)


@pytest.mark.parametrize(
    "width,height,fits",
    [(400, 300, True), (4, 3, True), (404, 300, True), (405, 300, False), (400, 304, False)],
)
def test_a_mask_has_the_shape_of_what_it_marks_within_one_per_cent(
    width: int, height: int, fits: bool
) -> None:
    shaped = replace(mask, mask_id=STRANGER, width=width, height=height)
    story = finished.given(shaped).when(replace(edit, mask_id=STRANGER))

    if fits:
        story.then(edited)
    else:
        story.then_refused("media.mask_mismatch")


def test_the_customers_own_words_are_in_no_event() -> None:
    own = replace(edit, mode="add", own_prompt=True)

    finished.when(own).then(replace(edited, mode="add", own_prompt=True, prompt=None))


def test_an_edit_may_follow_an_edit_but_not_one_that_has_not_come_out() -> None:
    further = replace(edit, version_id=THIRD, source_id=SECOND)
    third = replace(edited, version_id=THIRD, source_id=SECOND, number=3)

    finished.given(edited).when(further).then_refused(INCOMPLETE)
    image.given(*two_done).when(further).then(third)


@pytest.mark.parametrize(
    "change,refusal",
    [
        ({"source_id": STRANGER}, GONE),
        ({"style_template_id": "baroque"}, "media.unknown_template"),
        ({"most": 1}, "media.too_many_versions"),
    ],
)
def test_what_cannot_be_regenerated_is_refused(change: dict[str, Any], refusal: str) -> None:
    finished.when(replace(regenerate, **change)).then_refused(refusal)


def test_what_a_regeneration_does_not_say_is_as_it_was() -> None:
    as_before = replace(regenerate, style_template_id=None)
    elsewhere = replace(as_before, room_type="garden")
    same = replace(regenerated, style_template_id="modern", prompt=prompt("modern", None))
    words = prompt("modern", "garden")

    finished.when(as_before).then(same)
    finished.when(elsewhere).then(replace(same, room_type="garden", prompt=words))


def test_a_photograph_has_as_many_versions_as_are_allowed() -> None:
    story = finished
    for number in range(2, 51):
        version_id = UUID(int=1_000 + number)
        (next_one,) = decider.decide(story.state(), replace(edit, version_id=version_id))
        assert next_one == replace(edited, version_id=version_id, number=number)
        story = story.given(next_one)
    story.when(edit).then_refused("media.too_many_versions")
    story.when(regenerate).then_refused("media.too_many_versions")
    story.when(replace(edit, most=60)).then(replace(edited, number=51))


def test_a_version_is_tried_again_ten_times() -> None:
    story = finished.given(edited)
    lost = ImageFailed(version_id=SECOND, reason="provider_timeout")
    once_more = Retry(version_id=SECOND, run=None, most=10)
    for _ in range(10):
        story = story.given(lost)
        story.when(once_more).then(ImageRetried(version_id=SECOND, run=None))
        story = story.given(ImageRetried(version_id=SECOND, run=None))
    story.given(lost).when(once_more).then_refused("media.too_many_retries")
    story.given(lost).when(replace(once_more, most=11)).then(
        ImageRetried(version_id=SECOND, run=None)
    )


@pytest.mark.parametrize(
    "command",
    [
        replace(retry, version_id=STRANGER),
        replace(complete, version_id=STRANGER),
        replace(fail, version_id=STRANGER),
        Cancel(version_id=STRANGER),
        Select(version_id=STRANGER),
        replace(correct, version_id=STRANGER),
    ],
    ids=lambda each: type(each).__name__,
)
def test_a_version_that_it_has_not_is_not_found(command: Command) -> None:
    finished.when(command).then_refused(GONE)


def test_a_version_that_comes_out_is_current_unless_a_later_one_is() -> None:
    third = replace(edited, version_id=THIRD, number=3)
    third_out = ImageEnhanced(version_id=THIRD, result=RESULT, stands=True, replaces=FIRST)
    both = finished.given(edited, third)

    assert both.state().shown.version_id == FIRST
    assert both.given(second_out).state().shown.version_id == SECOND
    assert both.given(third_out).state().shown.version_id == THIRD
    assert both.given(third_out, second_out).state().shown.version_id == THIRD
    assert both.given(third_out, chosen, second_out).state().shown.version_id == SECOND


def test_only_what_came_out_can_be_chosen_and_is_once() -> None:
    finished.given(edited).when(Select(version_id=SECOND)).then_refused(INCOMPLETE)
    image.given(*two_done).when(Select(version_id=SECOND)).then_nothing()
    image.given(*two_done, chosen).when(Select(version_id=FIRST)).then_nothing()
    assert image.given(*two_done, chosen).state().shown.version_id == FIRST


def test_what_is_said_of_a_version_is_what_its_engine_did_until_it_is_corrected() -> None:
    same = replace(correct, alteration="technical")

    finished.when(same).then_nothing()
    finished.given(corrected).when(correct).then_nothing()
    finished.given(corrected).when(same).then(
        AlterationSet(version_id=FIRST, alteration="technical")
    )


def test_a_mask_is_added_once() -> None:
    finished.given(marked).when(marking).then_nothing()


def test_a_cancelled_version_has_failed_and_a_retry_forgets_why() -> None:
    first = image.given(added, queued, cancelled).state().first
    assert (first.status, first.reason) == ("failed", "cancelled")

    first = image.given(added, queued, cancelled, again).state().first
    assert (first.status, first.reason, first.retries) == ("processing", None, 1)


def test_attempts_and_what_they_cost_are_summed_up() -> None:
    lost = ImageFailed(version_id=FIRST, reason="provider_bad_output", cost_micro_usd=1, attempts=3)
    first = image.given(added, queued, lost, again, came_out_paid, late).state().first

    assert (first.attempts, first.cost_micro_usd) == (5, 78_001)


def test_each_publication_has_a_number_of_its_own() -> None:
    twice = finished.given(published, revoked, published)

    assert twice.state().publications == 2
    assert twice.given(revoked).state().published is None
    twice.given(revoked).when(RevokeOriginal()).then_nothing()


def test_a_photograph_that_is_gone_still_costs_what_it_cost() -> None:
    image.given(*done, removed, late).when(paid).then(late)


def test_a_photograph_of_old_goes_on() -> None:
    """Its events named no version: there was one."""
    stored: list[tuple[type[Event], dict[str, Any]]] = [
        (
            ImageAdded,
            {each: value for each, value in codec.plain(added).items() if each != "image_id"},
        ),
        (ImageQueued, {"run": 1}),
        (ImageEnhanced, {"result": codec.plain(RESULT)}),
    ]
    *begun, enhanced = [codec.load(kind, data) for kind, data in stored]

    image.given(*begun).when(complete).then(came_out)
    old = image.given(*begun, enhanced, mask)
    old.when(edit).then(edited)
    old.given(edited, second_out).when(Select(version_id=FIRST)).then(chosen)
    old.given(edited, second_out).when(Cancel(version_id=SECOND)).then_nothing()
    assert old.given(edited, second_out).state().shown.number == 2
