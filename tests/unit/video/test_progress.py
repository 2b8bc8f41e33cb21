from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from video.jobs.equipment import Rising
from video.projections.progress import percent


@dataclass
class Piece:
    kind: str
    ended: bool = False
    percent: int | None = None


class Teller:
    def __init__(self) -> None:
        self.told: list[int] = []

    def progress(self, percent: int, step: str) -> None:
        self.told.append(percent)

    def check(self) -> None: ...


def test_clips_weigh_70_transitions_15_and_the_compile_15() -> None:
    clips = [Piece("clip", ended=True), Piece("clip", ended=True)]
    assert percent("generating", [*clips, Piece("transition")], 0) == 70
    assert percent("compiling", [*clips, Piece("transition", ended=True)], 0) == 85
    assert percent("compiling", [*clips, Piece("transition", ended=True)], 60) == 94


def test_clips_weigh_for_the_transitions_that_a_film_has_not() -> None:
    assert percent("generating", [Piece("clip", ended=True), Piece("clip")], 0) == 42
    assert percent("compiling", [Piece("clip", ended=True)], 0) == 85


def test_a_running_job_counts_as_far_as_it_is() -> None:
    assert percent("generating", [Piece("clip", percent=50), Piece("clip")], 0) == 21


def test_only_a_finished_film_is_100_percent() -> None:
    whole = [Piece("clip", ended=True, percent=100)]
    assert percent("compiling", whole, 100) == 99
    assert percent("completed", whole, 100) == 100
    assert percent("draft", [], 0) == 0
    assert percent("generating", [], 0) == 0


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 60)), max_size=60))
def test_progress_never_falls(steps: list[tuple[int, int]]) -> None:
    pieces = [Piece("clip", percent=0) for _ in range(3)] + [Piece("transition", percent=0)] * 2
    last = 0
    for which, more in steps:
        piece = pieces[which]
        piece.percent = (piece.percent or 0) + more
        piece.ended = piece.percent >= 100
        now = percent("generating", pieces, 0)
        assert last <= now <= 85
        last = now


def test_a_second_attempt_does_not_fall_behind_the_first() -> None:
    teller = Teller()
    rising = Rising(teller, 40)
    for told in (0, 30, 60, 50):
        rising.progress(told, "drawing")
    assert teller.told == [40, 40, 60, 60]
