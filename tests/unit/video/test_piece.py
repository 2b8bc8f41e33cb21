import pytest

from chassis.testing.spec import scenario
from unit.video.films import OTHER, SPEC, USER, WORKSPACE
from video.domain.piece import (
    CompletePiece,
    Event,
    FailPiece,
    PieceCompleted,
    PieceFailed,
    PieceSharedWith,
    PieceWanted,
    Result,
    WantPiece,
    decider,
)

WANT = WantPiece(workspace_id=WORKSPACE, video_project_id=USER, spec=SPEC)
OTHER_WANTS = WantPiece(workspace_id=WORKSPACE, video_project_id=OTHER, spec=SPEC)
WANTED = PieceWanted(workspace_id=WORKSPACE, video_project_id=USER, spec=SPEC)
RESULT = Result(key="key", sha256="b" * 64, size=9, duration_ms=5000)
COMPLETE = CompletePiece(result=RESULT, attempts=2)
COMPLETED = PieceCompleted(result=RESULT, attempts=2)
FAIL = FailPiece(cause="video.engine_failed", attempts=2)
FAILED = PieceFailed(cause="video.engine_failed", attempts=2)


def test_a_piece_that_nobody_has_made_yet_is_rendered() -> None:
    scenario(decider).when(WANT).then(WANTED)


def test_a_piece_that_failed_is_rendered_again_when_it_is_wanted_again() -> None:
    again = PieceWanted(workspace_id=WORKSPACE, video_project_id=OTHER, spec=SPEC)
    told = scenario(decider).given(WANTED, FAILED)
    told.when(OTHER_WANTS).then(again)
    assert told.given(again).state().wanted_by == (OTHER,)


def test_a_second_video_shares_the_piece_that_is_being_rendered() -> None:
    shared = PieceSharedWith(video_project_id=OTHER)
    told = scenario(decider).given(WANTED)
    told.when(OTHER_WANTS).then(shared)
    assert told.given(shared).state().wanted_by == (USER, OTHER)
    assert told.given(shared, COMPLETED).state().wanted_by == (USER, OTHER)
    assert told.given(shared, FAILED).state().wanted_by == (USER, OTHER)


def test_a_video_that_wants_a_piece_twice_is_told_of_it_once() -> None:
    scenario(decider).given(WANTED).when(WANT).then_nothing()


def test_a_piece_that_was_rendered_is_not_rendered_again() -> None:
    scenario(decider).given(WANTED, COMPLETED).when(OTHER_WANTS).then_nothing()


def test_a_rendered_piece_is_completed() -> None:
    scenario(decider).given(WANTED).when(COMPLETE).then(COMPLETED)


def test_a_piece_fails_after_its_last_attempt() -> None:
    scenario(decider).given(WANTED).when(FAIL).then(FAILED)


@pytest.mark.parametrize("end", [COMPLETED, FAILED])
@pytest.mark.parametrize("late", [COMPLETE, FAIL])
def test_a_piece_ends_once(end: Event, late: CompletePiece | FailPiece) -> None:
    scenario(decider).given(WANTED, end).when(late).then_nothing()
