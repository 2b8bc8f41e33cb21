from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.domain import fold
from chassis.testing.spec import scenario
from unit.video.films import (
    CLEARED,
    CLIPS,
    CREATE,
    CREATED,
    FILM,
    GENERATING,
    ORDER,
    OTHER,
    REQUESTED,
    SETTINGS,
    SOURCES,
    STARTED,
    WANTED,
    WORKSPACE,
    blob,
    finished,
)
from video.domain.plan import Wanted
from video.domain.video import (
    ClipFailed,
    Command,
    CompileStarted,
    CreateVideo,
    Event,
    FilmCompiled,
    NoteCleared,
    NoteCompileFailed,
    NoteFilm,
    NotePaymentRequired,
    NotePieceFailed,
    NotePieceFinished,
    NoteSources,
    NoteSourcesMissing,
    PaymentDemanded,
    RunBegun,
    StartCleared,
    StartVideo,
    TransitionDropped,
    VideoFailed,
)
from video.domain.video_project import decide, decider, evolve

AT = datetime(2026, 3, 1, tzinfo=UTC)
START = StartVideo(max_price_ore=None, is_barred=False)
PAID = NoteCleared(workspace_id=WORKSPACE, run=1, is_barred=False)
UNPAID = NotePaymentRequired(workspace_id=WORKSPACE, run=1, reason="no_method")
NOTED, BEGUN = StartCleared(revision=1, begins=False), RunBegun(revision=1)
DEMANDED = PaymentDemanded(revision=1, reason="no_method")
FETCHED = NoteSources(revision=1, sources=SOURCES)
MISSING = NoteSourcesMissing(revision=1, cause="media.gone")
CAUSE = "video.engine_failed"
COMPILE = CompileStarted(revision=1, pieces=ORDER)
COMPILING = (*GENERATING, *map(finished, WANTED), COMPILE)
MADE = NoteFilm(revision=1, film=FILM, at=AT)
COMPILED = FilmCompiled(revision=1, film=FILM, actual_cost_cents=0, at=AT)
NOT_MADE = NoteCompileFailed(revision=1, cause=CAUSE)
FAILED = VideoFailed(revision=1, failed_count=0, reason="compile_failed", cause=CAUSE)


def create(**changed: object) -> CreateVideo:
    return replace(CREATE, settings=replace(SETTINGS, **changed))  # type: ignore[arg-type]


def ends(piece: Wanted) -> NotePieceFinished:
    return NotePieceFinished(piece_id=piece.piece_id, key=blob(piece))


def fails(piece: Wanted) -> NotePieceFailed:
    return NotePieceFailed(piece_id=piece.piece_id, cause=CAUSE)


def kind(name: str) -> list[Wanted]:
    return [each for each in WANTED if each.spec.kind == name]


def test_a_video_is_created_as_a_draft_that_costs_nothing_with_the_local_engine() -> None:
    scenario(decider).when(CREATE).then(CREATED)


def test_no_music_track_is_known_yet() -> None:
    command = replace(CREATE, music_track_id=OTHER)
    scenario(decider).when(command).then_refused("video.music_track_unknown")


@pytest.mark.parametrize("count", [0, 1, 21])
def test_a_video_has_two_to_twenty_clips(count: int) -> None:
    clips = tuple(replace(CLIPS[0], id=UUID(int=n)) for n in range(count))
    scenario(decider).when(create(clips=clips)).then_refused("video.clip_count")


def test_all_clips_together_last_at_most_100_seconds() -> None:
    clips = tuple(replace(CLIPS[0], id=UUID(int=n), duration_seconds=10) for n in range(11))
    scenario(decider).when(create(clips=clips)).then_refused("video.too_long")
    allowed = decide(None, create(clips=clips[:10]))
    assert len(allowed) == 1


def test_a_creation_repeated_changes_nothing() -> None:
    scenario(decider).given(CREATED).when(CREATE).then_nothing()
    scenario(decider).given(*COMPILING).when(CREATE).then_nothing()


@pytest.mark.parametrize(
    "other",
    [
        create(title="Storgata 3"),
        create(clips=CLIPS[:2]),
        create(generate_native_audio=False),
        replace(CREATE, user_id=OTHER),
        replace(CREATE, same_texts=False),
        replace(CREATE, music_track_id=OTHER),
    ],
)
def test_an_id_that_is_taken_makes_no_second_video(other: CreateVideo) -> None:
    scenario(decider).given(CREATED).when(other).then_refused("video.video_project_exists")


def test_a_draft_that_is_started_asks_for_clearance() -> None:
    scenario(decider).given(CREATED).when(START).then(REQUESTED)


def test_a_video_that_waits_for_payment_may_ask_again() -> None:
    scenario(decider).given(CREATED, REQUESTED, DEMANDED).when(START).then(REQUESTED)


@pytest.mark.parametrize(
    "before", [(CREATED, REQUESTED), (CREATED, REQUESTED, CLEARED), GENERATING, COMPILING]
)
def test_a_start_under_way_is_left_alone(before: tuple[Event, ...]) -> None:
    scenario(decider).given(*before).when(START).then_nothing()


@pytest.mark.parametrize("end", [COMPILED, FAILED])
def test_a_revision_that_has_ended_is_not_started_again(end: Event) -> None:
    scenario(decider).given(*COMPILING, end).when(START).then_refused("video.already_ended")


@pytest.mark.parametrize("told", [PAID, replace(PAID, run=2), UNPAID], ids=str)
def test_what_billing_says_of_a_film_that_failed_begins_nothing(told: Command) -> None:
    scenario(decider).given(*COMPILING, FAILED).when(told).then_nothing()


@pytest.mark.parametrize("before", [(REQUESTED,), (REQUESTED, DEMANDED)])
def test_a_payment_lets_the_work_begin(before: tuple[Event, ...]) -> None:
    scenario(decider).given(CREATED, *before).when(PAID).then(CLEARED)


@pytest.mark.parametrize("stray", [replace(PAID, run=2), replace(PAID, workspace_id=OTHER)])
def test_a_payment_of_another_run_or_workspace_starts_nothing(stray: NoteCleared) -> None:
    scenario(decider).given(CREATED, REQUESTED).when(stray).then_nothing()


def test_nothing_is_started_in_a_workspace_that_is_suspended_or_closed() -> None:
    barred = replace(START, is_barred=True)
    for before in ((), (REQUESTED,), (REQUESTED, DEMANDED), (REQUESTED, NOTED)):
        told = scenario(decider).given(CREATED, *before)
        told.when(barred).then_refused("video.workspace_suspended")


@pytest.mark.parametrize("before", [(CREATED, REQUESTED, CLEARED), GENERATING, COMPILING])
def test_a_film_whose_run_has_begun_finishes_in_a_suspended_workspace(
    before: tuple[Event, ...],
) -> None:
    scenario(decider).given(*before).when(replace(START, is_barred=True)).then_nothing()


@pytest.mark.parametrize("before", [(REQUESTED,), (REQUESTED, DEMANDED)])
def test_a_clearance_that_comes_late_is_noted_and_the_next_start_begins(
    before: tuple[Event, ...],
) -> None:
    late = scenario(decider).given(CREATED, *before)
    late.when(replace(PAID, is_barred=True)).then(NOTED)
    noted = late.given(NOTED)
    for told in (PAID, replace(PAID, is_barred=True), UNPAID):
        noted.when(told).then_nothing()
    noted.when(START).then(BEGUN)
    noted.given(BEGUN).when(START).then_nothing()
    noted.given(BEGUN).when(FETCHED).then(STARTED)


def test_a_payment_heard_twice_starts_the_work_once() -> None:
    scenario(decider).given(CREATED, REQUESTED, CLEARED).when(PAID).then_nothing()


def test_a_video_that_is_not_paid_for_says_so_once() -> None:
    told = scenario(decider).given(CREATED, REQUESTED)
    told.when(UNPAID).then(DEMANDED)
    told.given(DEMANDED).when(UNPAID).then_nothing()
    told.given(CLEARED).when(UNPAID).then_nothing()
    told.when(replace(UNPAID, run=2)).then_nothing()


def test_the_pieces_are_wanted_once_the_pictures_are_there() -> None:
    told = scenario(decider).given(CREATED, REQUESTED, CLEARED)
    told.when(FETCHED).then(STARTED)
    told.when(replace(FETCHED, revision=2)).then_nothing()
    told.given(STARTED).when(FETCHED).then_nothing()


def test_a_video_without_its_pictures_fails() -> None:
    told = scenario(decider).given(CREATED, REQUESTED, CLEARED)
    lost = VideoFailed(revision=1, failed_count=0, reason="sources_unavailable", cause="media.gone")
    told.when(MISSING).then(lost)
    told.given(lost).when(MISSING).then_nothing()


def test_a_piece_that_is_not_the_last_only_counts() -> None:
    scenario(decider).given(*GENERATING).when(ends(WANTED[0])).then(finished(WANTED[0]))


def test_the_last_two_pieces_in_either_order_give_one_compile() -> None:
    before = [*GENERATING, *map(finished, WANTED[:-2])]
    for first, second in (WANTED[-2:], WANTED[:-3:-1]):
        told = scenario(decider).given(*before)
        told.when(ends(first)).then(finished(first))
        told.given(finished(first)).when(ends(second)).then(finished(second), COMPILE)


def test_a_piece_told_twice_counts_once() -> None:
    told = scenario(decider).given(*GENERATING, finished(WANTED[0]))
    told.when(ends(WANTED[0])).then_nothing()
    told.when(fails(WANTED[0])).then_nothing()
    scenario(decider).given(*COMPILING).when(ends(WANTED[-1])).then_nothing()


def test_a_piece_of_another_film_is_none_of_ours() -> None:
    stranger = NotePieceFinished(piece_id=OTHER, key="key")
    scenario(decider).given(*GENERATING).when(stranger).then_nothing()


def test_a_transition_that_failed_becomes_a_cut() -> None:
    lost = kind("transition")[0]
    others = [each for each in WANTED if each is not lost]
    dropped = TransitionDropped(
        revision=1, piece_id=lost.piece_id, clip_ids=lost.clip_ids, cause=CAUSE
    )
    without = CompileStarted(revision=1, pieces=tuple(p for p in ORDER if p != "transition 0"))
    told = scenario(decider).given(*GENERATING, *map(finished, others))
    told.when(fails(lost)).then(dropped, without)


def test_a_clip_that_failed_fails_the_film_once_the_others_have_ended() -> None:
    lost, last = kind("clip")[:2]
    others = [each for each in WANTED if each not in (lost, last)]
    failed = ClipFailed(revision=1, piece_id=lost.piece_id, clip_ids=lost.clip_ids, cause=CAUSE)
    told = scenario(decider).given(*GENERATING, *map(finished, others))
    told.when(fails(lost)).then(failed)
    ended = VideoFailed(
        revision=1, failed_count=1, reason="clips_failed", cause="video.clips_failed"
    )
    told.given(failed).when(ends(last)).then(finished(last), ended)


def test_a_film_that_was_made_completes_the_video_once() -> None:
    told = scenario(decider).given(*COMPILING)
    told.when(MADE).then(COMPILED)
    told.when(replace(MADE, revision=2)).then_nothing()
    told.given(COMPILED).when(MADE).then_nothing()


def test_a_film_that_could_not_be_joined_fails_the_video() -> None:
    told = scenario(decider).given(*COMPILING)
    told.when(NOT_MADE).then(FAILED)
    told.when(replace(NOT_MADE, revision=2)).then_nothing()
    told.given(FAILED).when(NOT_MADE).then_nothing()


@given(
    notes=st.permutations([(piece, again) for piece in WANTED for again in (False, True)]),
    lost=st.sets(st.sampled_from(WANTED)),
)
def test_however_pieces_end_there_is_one_compile_or_one_failure(
    notes: list[tuple[Wanted, bool]], lost: set[Wanted]
) -> None:
    state, decided = fold(decider, GENERATING), list[Event]()
    for piece, _ in notes:
        note: Command = fails(piece) if piece in lost else ends(piece)
        for event in decide(state, note):
            state = evolve(state, event)
            decided.append(event)
    ended = [each for each in decided if isinstance(each, CompileStarted | VideoFailed)]
    lost_clips = [each for each in lost if each.spec.kind == "clip"]
    if lost_clips:
        assert [getattr(each, "failed_count", None) for each in ended] == [len(lost_clips)]
    else:
        kept = tuple(place for place in ORDER if place not in {blob(each) for each in lost})
        assert ended == [CompileStarted(revision=1, pieces=kept)]
    assert len(decided) == len(WANTED) + 1
