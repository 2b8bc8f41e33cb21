"""A project: every cell of state and command; changes, masks, retries, removals."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from media.domain.project_events import (
    Cleared,
    Event,
    ImagesRemoved,
    ProcessingStarted,
    ProjectRemoved,
    ProjectRenamed,
    RunCompleted,
    StyleChanged,
    Upload,
    UploadsRequested,
)
from media.domain.project_messages import (
    ChangeImages,
    Command,
    NoteImageRetried,
    NoteImageReturned,
    Remove,
    RemoveImages,
    RequestUploads,
    Update,
)
from unit.media.test_project import (
    AN_ADMIN,
    ANOTHER_MEMBER,
    CLEAR,
    CREATE,
    FIRST,
    IMAGES,
    MINE,
    MOST,
    NEEDED,
    OPENED,
    REQUESTED,
    REQUIRE,
    SECOND,
    START,
    THIRD,
    adding,
    announced,
    begun,
    ended,
    finished,
    joined,
    project,
    returned,
    run_failed,
    upload,
)

MASKS = tuple(UUID(int=500 + n) for n in range(51))
AS_IT_IS = Update(by=MINE, title="Storgata 2", style_template_id="modern", room_type=None)
RENAME = replace(AS_IT_IS, title="Storgata 3")
RESTYLE = replace(AS_IT_IS, style_template_id="scandinavian", room_type="kitchen")
RENAMED = ProjectRenamed(title="Storgata 3")
RESTYLED = StyleChanged(style_template_id="scandinavian", room_type="kitchen")
RETRY = NoteImageRetried(image_id=FIRST)
BACK = NoteImageReturned(image_id=FIRST)
REMOVE_FIRST = RemoveImages(by=MINE, image_ids=(FIRST,))
REMOVE, REMOVED = Remove(by=MINE), ProjectRemoved()


def mask(mask_id: UUID, of: UUID = FIRST) -> Upload:
    return replace(upload(mask_id), content_type="image/png", mask_of=of)


def marking(*uploads: Upload) -> RequestUploads:
    return RequestUploads(by=MINE, uploads=uploads, most=MOST)


def masked(*uploads: Upload) -> UploadsRequested:
    return UploadsRequested(uploads=uploads)


def less(
    *image_ids: UUID,
    completed: int = 0,
    failed: int = 0,
    status: str = "processing",
    key: str | None = f"o/{SECOND}.jpg",
) -> ImagesRemoved:
    return ImagesRemoved(
        image_ids=image_ids,
        completed_count=completed,
        failed_count=failed,
        status=status,
        thumbnail_key=key,
    )


def completed(run: int, came_out: int, lost: int = 0) -> RunCompleted:
    return RunCompleted(run=run, completed_count=came_out, failed_count=lost)


def again(run: int, image_id: UUID) -> ProcessingStarted:
    return replace(begun(run, image_id), reopened=1)


WAITING: list[Event] = [OPENED, announced(FIRST, SECOND, THIRD), joined(FIRST), joined(SECOND)]
WORKING: list[Event] = [*WAITING, REQUESTED, Cleared(run=1), begun(1, FIRST, SECOND)]
ONE_OUT: list[Event] = [*WORKING, finished(SECOND, True, "processing")]
ONE_LOST: list[Event] = [*WORKING, finished(FIRST, False, "processing")]
ENDED: list[Event] = [*ONE_LOST, finished(SECOND, True, "completed"), completed(1, 1, 1)]
ALL_LOST: list[Event] = [
    *(*ONE_LOST, finished(SECOND, False, "failed"), run_failed(1, 2, "none")),
]
STATES: dict[str, list[Event]] = {
    "none": [],
    "opened": [OPENED],
    "ready": WAITING,
    "requested": [*WAITING, REQUESTED],
    "payment required": [*WAITING, REQUESTED, NEEDED],
    "cleared late": [*WAITING, REQUESTED, Cleared(run=1)],
    "working": WORKING,
    "one came out": ONE_OUT,
    "one failed": ONE_LOST,
    "ended": ENDED,
    "all failed": ALL_LOST,
    "removed": [*ONE_OUT, completed(1, 1), REMOVED],
}
COMMANDS: list[Command] = [
    *(CREATE, ChangeImages(by=MINE), marking(upload(IMAGES[3])), marking(mask(MASKS[0]))),
    *(AS_IT_IS, RENAME, RESTYLE, START, adding(THIRD), CLEAR, REQUIRE),
    *(ended(FIRST, True), BACK, RETRY, REMOVE_FIRST, REMOVE, Remove(by=None)),
]
NO: tuple[Event, ...] = ()
LOST, GONE, AT_WORK = "media.image_not_found", "media.project_not_found", "media.project_at_work"
NOT_FAILED, NOT_CLEARED = "media.not_failed", "media.not_cleared"
asked, marked = announced(IMAGES[3]), masked(mask(MASKS[0]))
third, third_later = joined(THIRD), joined(THIRD, "processing")
start_all = begun(1, FIRST, SECOND)

# by state: what follows each of the commands, in their order; a text is a refusal
CELLS: dict[str, list[Any]] = {
    "none": [OPENED, *[AssertionError] * 16],
    "opened": [
        *(NO, NO, asked, LOST, NO, RENAMED, RESTYLED, "media.no_images", LOST, NO, NO),
        *(NO, NO, LOST, LOST, REMOVED, REMOVED),
    ],
    "ready": [
        *(NO, NO, asked, marked, NO, RENAMED, RESTYLED, REQUESTED, third, NO, NO),
        *(NO, NO, NOT_FAILED, less(FIRST, status="pending"), REMOVED, REMOVED),
    ],
    "requested": [
        *(NO, NO, asked, marked, NO, RENAMED, RESTYLED, NO, third),
        *((Cleared(run=1), start_all), NEEDED),
        *(NO, NO, NOT_FAILED, less(FIRST, status="pending"), REMOVED, REMOVED),
    ],
    "payment required": [
        *(NO, NO, asked, marked, NO, RENAMED, RESTYLED, replace(REQUESTED, run=2), third),
        *((Cleared(run=1), start_all), NO),
        *(NO, NO, NOT_FAILED, less(FIRST, status="pending"), REMOVED, REMOVED),
    ],
    "cleared late": [
        *(NO, NO, asked, marked, NO, RENAMED, RESTYLED, start_all, third, NO, NO),
        *(NO, NO, NOT_FAILED, less(FIRST, status="pending"), REMOVED, REMOVED),
    ],
    "working": [
        *(NO, NO, asked, marked, NO, RENAMED, AT_WORK, NO, third_later, NO, NO),
        *(finished(FIRST, True, "processing"), returned(FIRST, "processing")),
        *(NOT_FAILED, less(FIRST), REMOVED, REMOVED),
    ],
    "one came out": [
        *(NO, NO, asked, marked, NO, RENAMED, AT_WORK, NO, third_later, NO, NO),
        (finished(FIRST, True, "completed"), completed(1, 2)),
        (returned(FIRST, "processing"), completed(1, 1)),
        *(NOT_FAILED, (less(FIRST, completed=1, status="completed"), completed(1, 1))),
        *((completed(1, 1), REMOVED), (completed(1, 1), REMOVED)),
    ],
    "one failed": [
        *(NO, NO, asked, marked, NO, RENAMED, AT_WORK, NO, third_later, NO, NO),
        *(NO, NO, again(1, FIRST), less(FIRST), REMOVED, REMOVED),
    ],
    "ended": [
        *(NO, NO, asked, marked, NO, RENAMED, AT_WORK, NO, third_later, NO, NO),
        *(NO, NO, again(2, FIRST), less(FIRST, completed=1, status="completed")),
        *(REMOVED, REMOVED),
    ],
    "all failed": [
        *(NO, NO, asked, marked, NO, RENAMED, AT_WORK, replace(REQUESTED, run=2), third_later),
        *(NO, NO, NO, NO, NOT_CLEARED, less(FIRST, failed=1, status="failed"), REMOVED, REMOVED),
    ],
    "removed": [*[GONE] * 9, NO, NO, NO, NO, GONE, GONE, GONE, NO],
}


@pytest.mark.parametrize("state", STATES)
def test_every_command_in_every_state(state: str) -> None:
    for command, expected in zip(COMMANDS, CELLS[state], strict=True):
        story = project.given(*STATES[state]).when(command)
        if isinstance(expected, str):
            story.then_refused(expected)
        elif expected is AssertionError:
            with pytest.raises(AssertionError, match="needs a project"):
                story.then_nothing()
        else:
            story.then(*(expected if isinstance(expected, tuple) else (expected,)))


def test_the_table_knows_every_command() -> None:
    assert {type(each) for each in COMMANDS} == set(Command.__args__)


@pytest.mark.parametrize(
    "command,event",
    [(RENAME, RENAMED), (REMOVE_FIRST, less(FIRST, status="pending")), (REMOVE, REMOVED)],
    ids=lambda each: type(each).__name__,
)
def test_a_member_changes_and_deletes_their_own_projects_only(
    command: Update | RemoveImages | Remove, event: Event
) -> None:
    ready = project.given(*WAITING)

    ready.when(replace(command, by=ANOTHER_MEMBER)).then_refused("media.not_your_project")
    ready.when(replace(command, by=AN_ADMIN)).then(event)


def test_a_project_is_renamed_and_restyled_at_once() -> None:
    both = replace(RESTYLE, title="Storgata 3")
    story = project.given(*WAITING)

    story.when(both).then(RENAMED, RESTYLED)
    seen = story.given(RENAMED, RESTYLED).state()
    assert (seen.title, seen.style_template_id, seen.room_type) == (
        *("Storgata 3", "scandinavian", "kitchen"),
    )


def test_a_project_of_another_name_is_still_the_one_that_was_created() -> None:
    changed = project.given(OPENED, RENAMED, RESTYLED)

    changed.when(CREATE).then_nothing()
    changed.when(replace(CREATE, title="Storgata 3")).then_refused("media.project_exists")


def test_an_unknown_style_is_refused() -> None:
    baroque = replace(RESTYLE, style_template_id="baroque")

    project.given(OPENED).when(baroque).then_refused("media.unknown_template")


def test_what_was_taken_back_has_not_begun_so_the_style_may_change() -> None:
    backs = returned(FIRST, "processing"), returned(SECOND, "pending")

    project.given(*WORKING, *backs).when(RESTYLE).then(RESTYLED)


def test_masks_are_no_photographs_and_have_a_limit_of_their_own() -> None:
    nine = [joined(each) for each in IMAGES[1:10]]
    full = project.given(OPENED, announced(*IMAGES), joined(FIRST), *nine)
    fifty = tuple(mask(each) for each in MASKS[:50])

    full.when(marking(*fifty)).then(masked(*fifty))
    full.when(marking(*fifty, mask(MASKS[50]))).then_refused("media.too_many_masks")
    full.given(masked(*fifty)).when(marking(mask(MASKS[50]))).then_refused("media.too_many_masks")
    full.when(marking(mask(MASKS[0]), upload(THIRD))).then_refused("media.too_many_images")
    announcing = [upload(UUID(int=2_000 + n)) for n in range(10)]
    many = [masked(*(replace(each, image_id=UUID(int=3_000)) for each in announcing))] * 9
    story = project.given(OPENED, announced(FIRST), joined(FIRST), masked(*fifty), *many)
    story.when(marking(*announcing[:9])).then(masked(*announcing[:9]))


def test_a_mask_marks_a_photograph_of_the_project() -> None:
    ready = project.given(*WAITING)

    ready.when(marking(mask(MASKS[0], of=THIRD))).then_refused(LOST)
    ready.given(masked(mask(MASKS[0]))).when(adding(MASKS[0])).then_refused(LOST)


def test_a_retry_reopens_a_run_and_its_end_is_told_under_its_own_number() -> None:
    retried = project.given(*ENDED, again(2, FIRST))

    assert retried.state().status == "processing"
    retried.when(ended(FIRST, True)).then(finished(FIRST, True, "completed"), completed(2, 1))
    retried.when(ended(FIRST, False)).then(
        finished(FIRST, False, "completed"), run_failed(2, 1, "cleared")
    )
    retried.when(RETRY).then_refused(NOT_FAILED)


def test_a_retry_of_what_is_not_in_the_project_is_not_found() -> None:
    other = NoteImageRetried(image_id=THIRD)

    project.given(*ENDED).when(other).then_refused(LOST)
    project.given(*ENDED, less(FIRST)).when(RETRY).then_refused(LOST)


def test_nobody_deletes_what_is_at_work_to_pay_nothing_for_what_came_out() -> None:
    """Nine of ten results fetched, and the rest deleted: it is one run, which ended with nine."""
    first_out = project.given(*WORKING, finished(FIRST, True, "processing"))
    fetched = less(FIRST, status="processing")
    rest = RemoveImages(by=MINE, image_ids=(SECOND,))
    both = RemoveImages(by=MINE, image_ids=(FIRST, SECOND))

    first_out.when(REMOVE_FIRST).then(fetched)
    first_out.given(fetched).when(rest).then(
        less(SECOND, status="pending", key=None), completed(1, 1)
    )
    first_out.when(both).then(less(FIRST, SECOND, status="pending", key=None), completed(1, 1))
    first_out.given(fetched).when(REMOVE).then(completed(1, 1), REMOVED)


def test_a_run_whose_rest_is_deleted_fails_where_some_failed() -> None:
    rest = RemoveImages(by=MINE, image_ids=(SECOND,))

    project.given(*ONE_LOST).when(rest).then(
        less(SECOND, failed=1, status="failed", key=f"o/{FIRST}.jpg"), run_failed(1, 1, "none")
    )


def test_a_run_that_is_deleted_whole_before_anything_ended_goes_on_with_the_next_start() -> None:
    both = RemoveImages(by=MINE, image_ids=(FIRST, SECOND))
    gone = less(FIRST, SECOND, status="pending", key=None)

    project.given(*WORKING).when(both).then(gone)
    later = project.given(*WORKING, gone, joined(THIRD))
    later.when(START).then(begun(1, THIRD))
    later.given(begun(1, THIRD)).when(ended(THIRD, True)).then(
        finished(THIRD, True, "completed"), completed(1, 1)
    )


def test_what_came_out_came_out_though_it_was_deleted() -> None:
    """So the clearance that was paid holds, and nothing that failed begins by itself."""
    gone = less(SECOND, failed=1, status="failed", key=f"o/{FIRST}.jpg")
    story = project.given(*ENDED, gone, joined(THIRD, "processing"))

    story.when(START).then(begun(2, THIRD))
    story.given(begun(2, THIRD)).when(ended(THIRD, False)).then(
        finished(THIRD, False, "failed"), run_failed(2, 1, "cleared")
    )


def test_what_is_deleted_makes_room_and_does_not_come_back() -> None:
    nine = [joined(each) for each in IMAGES[1:10]]
    full = project.given(OPENED, announced(*IMAGES), joined(FIRST), *nine)
    gone = less(FIRST, status="pending")

    full.given(gone).when(adding(FIRST)).then_refused(LOST)
    full.given(gone).when(adding(IMAGES[10])).then(joined(IMAGES[10]))
    full.given(gone).when(REMOVE_FIRST).then_refused(LOST)


def test_a_list_with_what_is_not_the_projects_is_refused_whole() -> None:
    project.given(*WAITING).when(RemoveImages(by=MINE, image_ids=(FIRST, IMAGES[5]))).then_refused(
        LOST
    )


def test_a_photograph_named_twice_is_deleted_once() -> None:
    twice = RemoveImages(by=MINE, image_ids=(FIRST, FIRST))

    project.given(*WAITING).when(twice).then(less(FIRST, status="pending"))


def test_what_ends_after_it_was_deleted_ends_nothing() -> None:
    story = project.given(*WORKING, less(FIRST))

    story.when(ended(FIRST, True)).then_nothing()
    story.when(BACK).then_nothing()
    story.when(ended(SECOND, True)).then(finished(SECOND, True, "completed"), completed(1, 1))


def test_a_deleted_project_is_still_of_its_workspace() -> None:
    assert project.given(OPENED, REMOVED).state().workspace_id == CREATE.workspace_id
