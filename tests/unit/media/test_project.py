"""The rules of a project: whose it is, what may be uploaded, when work starts and ends."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.domain import fold
from chassis.testing.spec import Scenario, scenario
from media.domain.project import State, decide, decider
from media.domain.project_events import (
    Cleared,
    Event,
    ImageFinished,
    ImageJoined,
    ImageReturned,
    PaymentNeeded,
    ProcessingStarted,
    ProjectOpened,
    RunCompleted,
    RunFailed,
    StartRequested,
    Upload,
    UploadsRequested,
)
from media.domain.project_messages import (
    By,
    ChangeImages,
    Command,
    CreateProject,
    Most,
    NoteCleared,
    NoteImageAdded,
    NoteImageFinished,
    NoteImageReturned,
    NotePaymentRequired,
    RequestUploads,
    Start,
)

WORKSPACE, OWNER = UUID(int=1), UUID(int=2)
IMAGES = tuple(UUID(int=100 + n) for n in range(11))
FIRST, SECOND, THIRD = IMAGES[:3]
MINE = By(user_id=OWNER, any_project=False)
ANOTHER_MEMBER = By(user_id=UUID(int=3), any_project=False)
AN_ADMIN = By(user_id=UUID(int=4), any_project=True)
NONE: frozenset[UUID] = frozenset()
MOST = Most(images=10, announced=100, masks=50)

CREATE = CreateProject(
    workspace_id=WORKSPACE,
    user_id=OWNER,
    title="Storgata 2",
    style_template_id="modern",
    room_type=None,
)
OPENED = ProjectOpened(
    workspace_id=WORKSPACE,
    user_id=OWNER,
    title="Storgata 2",
    style_template_id="modern",
    room_type=None,
)
START = Start(by=MINE, max_price_ore=None, unplaced=NONE, is_barred=False)
REQUESTED = StartRequested(run=1, user_id=OWNER, max_price_ore=None)
CLEAR = NoteCleared(workspace_id=WORKSPACE, run=1, unplaced=NONE, is_barred=False)
REQUIRE = NotePaymentRequired(workspace_id=WORKSPACE, run=1, reason="no_method")
NEEDED = PaymentNeeded(run=1, reason="no_method")


def upload(image_id: UUID) -> Upload:
    return Upload(image_id=image_id, content_type="image/jpeg", size=9, sha256="a" * 64)


def announced(*image_ids: UUID) -> UploadsRequested:
    return UploadsRequested(uploads=tuple(upload(image_id) for image_id in image_ids))


def joined(image_id: UUID, status: str = "pending") -> ImageJoined:
    return ImageJoined(image_id=image_id, original_key=f"o/{image_id}.jpg", status=status)


def adding(image_id: UUID) -> NoteImageAdded:
    return NoteImageAdded(image_id=image_id, original_key=f"o/{image_id}.jpg", most=MOST.images)


def begun(run: int, *image_ids: UUID) -> ProcessingStarted:
    return ProcessingStarted(run=run, image_ids=image_ids, status="processing")


def ended(image_id: UUID, completed: bool) -> NoteImageFinished:
    return NoteImageFinished(image_id=image_id, completed=completed)


def finished(image_id: UUID, completed: bool, status: str) -> ImageFinished:
    return ImageFinished(image_id=image_id, completed=completed, status=status)


def returned(image_id: UUID, status: str) -> ImageReturned:
    return ImageReturned(image_id=image_id, status=status)


def run_failed(run: int, count: int, clearance: str) -> RunFailed:
    return RunFailed(run=run, failed_count=count, reason="no_image_completed", clearance=clearance)


project: Scenario[State, Command, Event] = scenario(decider)
opened = project.given(OPENED)
ready = opened.given(announced(FIRST, SECOND), joined(FIRST), joined(SECOND))
working = ready.given(REQUESTED, Cleared(run=1), begun(1, FIRST, SECOND))
failed = working.given(
    finished(FIRST, False, "processing"),
    finished(SECOND, False, "failed"),
    run_failed(1, 2, "none"),
)
ASKED_AGAIN = replace(REQUESTED, run=2)


def test_a_project_is_created() -> None:
    project.when(CREATE).then(OPENED)


def test_a_project_created_twice_is_one_project_even_if_it_has_gone_on() -> None:
    opened.when(CREATE).then_nothing()
    working.when(CREATE).then_nothing()


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Storgata 3"},
        {"style_template_id": "scandinavian"},
        {"room_type": "kitchen"},
        {"user_id": UUID(int=3)},
        {"workspace_id": UUID(int=9)},
    ],
)
def test_another_project_under_the_same_id_is_refused(change: dict[str, object]) -> None:
    other = replace(CREATE, **change)  # type: ignore[arg-type]

    opened.when(other).then_refused("media.project_exists")


def test_an_unknown_style_is_refused() -> None:
    baroque = replace(CREATE, style_template_id="baroque")

    project.when(baroque).then_refused("media.unknown_template")


@pytest.mark.parametrize(
    "change",
    [
        ChangeImages(by=ANOTHER_MEMBER),
        RequestUploads(by=ANOTHER_MEMBER, uploads=(upload(THIRD),), most=MOST),
        replace(START, by=ANOTHER_MEMBER),
    ],
)
def test_a_member_changes_their_own_projects_only(change: Command) -> None:
    ready.when(change).then_refused("media.not_your_project")


def test_the_owner_of_a_project_and_an_admin_may_change_its_images() -> None:
    ready.when(ChangeImages(by=MINE)).then_nothing()
    ready.when(ChangeImages(by=AN_ADMIN)).then_nothing()


def test_files_are_announced() -> None:
    requesting = RequestUploads(by=MINE, uploads=(upload(FIRST), upload(SECOND)), most=MOST)

    opened.when(requesting).then(announced(FIRST, SECOND))


def test_more_files_than_are_left_are_refused() -> None:
    full = RequestUploads(by=MINE, uploads=tuple(map(upload, IMAGES)), most=MOST)
    left = RequestUploads(by=MINE, uploads=tuple(map(upload, IMAGES[2:10])), most=MOST)
    over = RequestUploads(by=MINE, uploads=tuple(map(upload, IMAGES[2:11])), most=MOST)

    opened.when(full).then_refused("media.too_many_images")
    ready.when(left).then(announced(*IMAGES[2:10]))
    ready.when(over).then_refused("media.too_many_images")


def test_files_cannot_be_announced_for_ever() -> None:
    hundred = [announced(*(UUID(int=1_000 + 10 * n + i) for i in range(10))) for n in range(10)]
    one_more = RequestUploads(by=MINE, uploads=(upload(FIRST),), most=MOST)

    opened.given(*hundred[:9]).when(one_more).then(announced(FIRST))
    opened.given(*hundred).when(one_more).then_refused("media.too_many_uploads")


def test_an_uploaded_image_joins_once() -> None:
    opened.given(announced(FIRST)).when(adding(FIRST)).then(joined(FIRST))
    opened.given(announced(FIRST), joined(FIRST)).when(adding(FIRST)).then_nothing()


def test_an_image_that_was_not_announced_is_not_found() -> None:
    opened.when(adding(FIRST)).then_refused("media.image_not_found")


def test_the_eleventh_image_is_refused() -> None:
    full = opened.given(announced(*IMAGES), *map(joined, IMAGES[:10]))

    full.when(adding(IMAGES[10])).then_refused("media.too_many_images")


def test_a_start_needs_images_and_a_room_type_for_each() -> None:
    opened.when(START).then_refused("media.no_images")
    ready.when(replace(START, unplaced=frozenset({FIRST}))).then_refused("media.room_type_missing")


def test_a_start_asks_for_clearance_once() -> None:
    ready.when(replace(START, max_price_ore=5)).then(replace(REQUESTED, max_price_ore=5))
    ready.given(REQUESTED).when(START).then_nothing()


def test_after_a_refused_payment_a_start_asks_again() -> None:
    again = StartRequested(run=2, user_id=OWNER, max_price_ore=None)

    ready.given(REQUESTED, NEEDED).when(START).then(again)


def test_a_clearance_begins_the_work_on_every_image() -> None:
    ready.given(REQUESTED).when(CLEAR).then(Cleared(run=1), begun(1, FIRST, SECOND))


def test_a_clearance_leaves_images_that_came_later_without_a_room_type() -> None:
    clear = replace(CLEAR, unplaced=frozenset({SECOND}))

    ready.given(REQUESTED).when(clear).then(Cleared(run=1), begun(1, FIRST))


def test_a_clearance_heard_twice_counts_once() -> None:
    working.when(CLEAR).then_nothing()
    working.when(replace(CLEAR, run=7)).then_nothing()


def test_a_clearance_of_an_earlier_run_is_as_good() -> None:
    again = ready.given(REQUESTED, NEEDED, replace(REQUESTED, run=2))

    again.when(CLEAR).then(Cleared(run=1), begun(2, FIRST, SECOND))
    ready.given(REQUESTED, NEEDED).when(CLEAR).then(Cleared(run=1), begun(1, FIRST, SECOND))


def test_a_clearance_nobody_asked_for_is_passed_over() -> None:
    ready.when(CLEAR).then_nothing()


@pytest.mark.parametrize("command", [CLEAR, REQUIRE])
def test_billing_must_name_the_right_workspace(command: NoteCleared | NotePaymentRequired) -> None:
    foreign = replace(command, workspace_id=UUID(int=9))

    ready.given(REQUESTED).when(foreign).then_refused("media.workspace_mismatch")


def test_a_payment_that_is_required_is_noted_once() -> None:
    ready.given(REQUESTED).when(REQUIRE).then(NEEDED)
    ready.given(REQUESTED, NEEDED).when(REQUIRE).then_nothing()


def test_a_payment_required_for_another_run_or_after_the_clearance_is_passed_over() -> None:
    working.when(REQUIRE).then_nothing()
    ready.given(REQUESTED).when(replace(REQUIRE, run=2)).then_nothing()


def test_an_image_added_to_work_in_progress_joins_its_run() -> None:
    grown = working.given(announced(THIRD), joined(THIRD, "processing"))

    grown.when(START).then(begun(1, THIRD))
    others_done = grown.given(
        begun(1, THIRD), finished(FIRST, True, "processing"), finished(SECOND, False, "processing")
    )
    others_done.when(ended(THIRD, True)).then(
        finished(THIRD, True, "completed"),
        RunCompleted(run=1, completed_count=2, failed_count=1),
    )


def test_an_image_added_after_a_run_starts_the_next_one_without_another_request() -> None:
    done = working.given(
        finished(FIRST, True, "processing"),
        finished(SECOND, True, "completed"),
        RunCompleted(run=1, completed_count=2, failed_count=0),
        announced(THIRD),
    )

    done.when(adding(THIRD)).then(joined(THIRD, "processing"))
    grown = done.given(joined(THIRD, "processing"))
    grown.when(START).then(begun(2, THIRD))
    grown.given(begun(2, THIRD)).when(START).then_nothing()
    grown.given(begun(2, THIRD)).when(ended(THIRD, True)).then(
        finished(THIRD, True, "completed"),
        RunCompleted(run=2, completed_count=1, failed_count=0),
    )


def test_the_run_ends_with_its_last_image() -> None:
    one_left = working.given(finished(FIRST, False, "processing"))

    working.when(ended(FIRST, False)).then(finished(FIRST, False, "processing"))
    one_left.when(ended(SECOND, True)).then(
        finished(SECOND, True, "completed"),
        RunCompleted(run=1, completed_count=1, failed_count=1),
    )
    one_left.when(ended(SECOND, False)).then(
        finished(SECOND, False, "failed"),
        run_failed(1, 2, "none"),
    )


def test_a_run_in_which_nothing_ever_came_out_is_asked_for_again_under_the_next_number() -> None:
    failed.when(replace(START, max_price_ore=5)).then(replace(ASKED_AGAIN, max_price_ore=5))
    failed.given(ASKED_AGAIN).when(START).then_nothing()
    failed.given(ASKED_AGAIN, replace(NEEDED, run=2)).when(START).then(replace(REQUESTED, run=3))


def test_the_next_clearance_takes_the_failed_photographs_with_it() -> None:
    again = failed.given(announced(THIRD), joined(THIRD, "processing"), ASKED_AGAIN)
    clear, all_of_them = replace(CLEAR, run=2), begun(2, FIRST, SECOND, THIRD)

    again.when(clear).then(Cleared(run=2), replace(all_of_them, reopened=2))
    without = replace(clear, unplaced=frozenset({THIRD}))
    again.when(without).then(Cleared(run=2), replace(begun(2, FIRST, SECOND), reopened=2))


def test_a_clearance_of_a_run_that_failed_begins_nothing() -> None:
    failed.when(CLEAR).then_nothing()
    failed.when(REQUIRE).then_nothing()
    for waiting in (failed.given(ASKED_AGAIN), failed.given(ASKED_AGAIN, replace(NEEDED, run=2))):
        waiting.when(CLEAR).then_nothing()
        waiting.when(REQUIRE).then_nothing()


def test_a_second_run_ends_as_the_first_one_does() -> None:
    again = replace(begun(2, FIRST, SECOND), reopened=2)
    second = failed.given(ASKED_AGAIN, Cleared(run=2), again)
    one_left = second.given(finished(FIRST, False, "processing"))

    second.when(START).then_nothing()
    second.when(ended(FIRST, False)).then(finished(FIRST, False, "processing"))
    one_left.when(ended(SECOND, True)).then(
        finished(SECOND, True, "completed"),
        RunCompleted(run=2, completed_count=1, failed_count=1),
    )
    one_left.when(ended(SECOND, False)).then(
        finished(SECOND, False, "failed"), run_failed(2, 2, "none")
    )
    lost_again = one_left.given(finished(SECOND, False, "failed"), run_failed(2, 2, "none"))
    lost_again.when(START).then(replace(REQUESTED, run=3))
    for run in (1, 2):
        lost_again.given(replace(REQUESTED, run=3)).when(replace(CLEAR, run=run)).then_nothing()


def test_a_clearance_holds_after_a_run_that_failed_where_something_had_come_out() -> None:
    grown = working.given(
        finished(FIRST, True, "processing"),
        finished(SECOND, False, "completed"),
        RunCompleted(run=1, completed_count=1, failed_count=1),
        announced(THIRD, IMAGES[3]),
        joined(THIRD, "processing"),
        begun(2, THIRD),
    )
    end = (finished(THIRD, False, "completed"), run_failed(2, 1, "cleared"))

    grown.when(ended(THIRD, False)).then(*end)
    after = grown.given(*end, joined(IMAGES[3], "processing"))
    after.when(START).then(begun(3, IMAGES[3]))
    after.when(replace(CLEAR, run=3)).then_nothing()


def test_photographs_added_while_all_others_fail_leave_these_to_the_next_run() -> None:
    grown = working.given(
        finished(FIRST, False, "processing"), announced(THIRD), joined(THIRD, "processing")
    )

    grown.when(START).then(begun(1, THIRD))
    more = grown.given(begun(1, THIRD), finished(SECOND, False, "processing"))
    more.when(ended(THIRD, False)).then(finished(THIRD, False, "failed"), run_failed(1, 3, "none"))


def test_nothing_is_started_in_a_workspace_that_is_suspended_or_closed() -> None:
    barred = replace(START, is_barred=True)

    for stands in (opened, ready, ready.given(REQUESTED), working, failed):
        stands.when(barred).then_refused("media.workspace_suspended")
    ready.when(replace(barred, by=ANOTHER_MEMBER)).then_refused("media.not_your_project")


def test_a_clearance_that_comes_late_is_noted_and_the_next_start_begins() -> None:
    late = replace(CLEAR, is_barred=True)

    ready.given(REQUESTED).when(late).then(Cleared(run=1))
    noted = ready.given(REQUESTED, Cleared(run=1))
    noted.when(late).then_nothing()
    noted.when(CLEAR).then_nothing()
    noted.when(START).then(begun(1, FIRST, SECOND))


def test_after_a_late_clearance_of_the_next_run_what_failed_begins_again_too() -> None:
    noted = failed.given(announced(THIRD), joined(THIRD, "processing"), ASKED_AGAIN)
    cleared = noted.given(Cleared(run=2))

    noted.when(replace(CLEAR, run=2, is_barred=True)).then(Cleared(run=2))
    cleared.when(START).then(replace(begun(2, FIRST, SECOND, THIRD), reopened=2))


def test_an_image_that_was_taken_back_is_pending_until_the_next_start() -> None:
    working.when(NoteImageReturned(image_id=FIRST)).then(returned(FIRST, "processing"))
    one_left = working.given(returned(FIRST, "processing"))
    one_left.when(NoteImageReturned(image_id=FIRST)).then_nothing()
    one_left.when(NoteImageReturned(image_id=SECOND)).then(returned(SECOND, "pending"))
    none_left = one_left.given(returned(SECOND, "pending"))
    none_left.when(START).then(begun(1, FIRST, SECOND))  # of the run nothing is left: it goes on
    one_left.when(START).then(begun(1, FIRST))


def test_a_run_ends_with_what_had_begun_and_the_rest_is_the_next_one() -> None:
    one_left = working.given(returned(SECOND, "processing"))
    end = RunCompleted(run=1, completed_count=1, failed_count=0)

    one_left.when(ended(FIRST, True)).then(finished(FIRST, True, "processing"), end)
    one_left.given(finished(FIRST, True, "processing"), end).when(START).then(begun(2, SECOND))
    one_left.when(ended(FIRST, False)).then(
        finished(FIRST, False, "processing"), run_failed(1, 1, "none")
    )


def test_a_run_ends_when_the_last_image_at_work_is_taken_back() -> None:
    back = NoteImageReturned(image_id=SECOND)

    working.given(finished(FIRST, True, "processing")).when(back).then(
        returned(SECOND, "processing"), RunCompleted(run=1, completed_count=1, failed_count=0)
    )
    lost = (finished(FIRST, False, "processing"),)
    end = (returned(SECOND, "processing"), run_failed(1, 1, "none"))
    working.given(*lost).when(back).then(*end)
    working.given(*lost, *end).when(START).then(ASKED_AGAIN)
    all_again = replace(begun(2, FIRST, SECOND), reopened=1)
    working.given(*lost, *end, ASKED_AGAIN).when(replace(CLEAR, run=2)).then(
        Cleared(run=2), all_again
    )


def test_what_is_not_at_work_is_not_taken_back() -> None:
    back = NoteImageReturned(image_id=FIRST)

    ready.when(back).then_nothing()
    working.given(finished(FIRST, True, "processing")).when(back).then_nothing()
    failed.when(back).then_nothing()


def test_an_image_ends_once_and_only_if_it_was_begun() -> None:
    working.given(finished(FIRST, True, "processing")).when(ended(FIRST, False)).then_nothing()
    ready.when(ended(FIRST, True)).then_nothing()


@given(st.lists(st.lists(st.booleans(), min_size=2, max_size=2), min_size=1, max_size=5))
def test_each_start_is_cleared_and_ends_under_its_own_number_until_something_comes_out(
    runs: list[list[bool]],
) -> None:
    events: list[Event] = [OPENED, announced(FIRST, SECOND), joined(FIRST), joined(SECOND)]

    def decided(command: Command) -> list[Event]:
        events.extend(new := decide(fold(decider, events), command))
        return new

    for run, outcomes in enumerate(runs, 1):
        asked, clear = replace(REQUESTED, run=run), replace(CLEAR, run=run)
        if any(map(any, runs[: run - 1])):  # a clearance holds from then on
            assert decided(START) == decided(clear) == []
            continue
        assert decided(START) == [asked]
        assert [each for old in range(1, run) for each in decided(replace(clear, run=old))] == []
        assert [type(each) for each in decided(clear)] == [Cleared, ProcessingStarted]
        ends = [
            each
            for id, out in zip(IMAGES, outcomes, strict=False)
            for each in decided(ended(id, out))
        ]
        came_out = sum(outcomes)
        assert ends[-1] == (
            RunCompleted(run=run, completed_count=came_out, failed_count=2 - came_out)
            if came_out
            else run_failed(run, 2, "none")
        )


@given(
    outcomes=st.lists(st.booleans(), min_size=1, max_size=10),
    data=st.data(),
)
def test_the_order_in_which_images_end_and_repeats_change_nothing(
    outcomes: list[bool], data: st.DataObject
) -> None:
    ends = [ended(id, completed) for id, completed in zip(IMAGES, outcomes, strict=False)]
    told = data.draw(st.permutations(ends + data.draw(st.lists(st.sampled_from(ends)))))
    events: list[Event] = [
        OPENED,
        announced(*(end.image_id for end in ends)),
        *(joined(end.image_id) for end in ends),
        REQUESTED,
        Cleared(run=1),
        begun(1, *(end.image_id for end in ends)),
    ]
    for end in told:
        events += decide(fold(decider, events), end)

    completed, lost = sum(outcomes), len(outcomes) - sum(outcomes)
    last_word = (
        RunCompleted(run=1, completed_count=completed, failed_count=lost)
        if completed
        else run_failed(1, lost, "none")
    )
    assert [each for each in events if isinstance(each, RunCompleted | RunFailed)] == [last_word]
    shown = [each.status for each in events if isinstance(each, ImageFinished)]
    assert shown == ["processing"] * (len(ends) - 1) + ["completed" if completed else "failed"]
