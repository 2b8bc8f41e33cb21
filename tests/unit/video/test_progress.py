"""How far a run is, of what has become of its pieces and of what their jobs tell."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from video.projections.progress import percent

MADE, LOST, WANTED = ({"state": each} for each in ("made", "lost", "wanted"))


def run(
    clips: list[dict[str, str]],
    transitions: list[dict[str, str]],
    told: dict[str, int] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Return the row of a run whose film is being made of these: clips c0…, transitions t0…"""
    kinds = {f"c{n}": "clip" for n in range(len(clips))}
    kinds |= {f"t{n}": "transition" for n in range(len(transitions))}
    pieces = dict(zip(kinds, [*clips, *transitions], strict=True))
    film = {"film": "working", "floor": 0, "joined": None}
    return film | {"kinds": kinds, "pieces": pieces, "told": told or {}} | more


def test_clips_weigh_70_transitions_15_and_the_joining_15() -> None:
    assert percent("generating", run([MADE, MADE], [WANTED])) == 70
    assert percent("compiling", run([MADE, MADE], [MADE])) == 85
    assert percent("compiling", run([MADE, MADE], [MADE], joined=60)) == 94


def test_clips_weigh_for_the_transitions_that_a_film_has_not() -> None:
    assert percent("generating", run([MADE, WANTED], [])) == 42
    assert percent("compiling", run([MADE], [])) == 85


def test_a_job_counts_as_far_as_it_is_and_a_piece_that_is_lost_holds_nothing_up() -> None:
    assert percent("generating", run([WANTED, WANTED], [], {"c0": 50})) == 21
    assert percent("generating", run([WANTED, LOST], [MADE])) == 50


def test_only_a_film_that_is_there_is_100_percent() -> None:
    whole = run([MADE], [], joined=100)
    assert percent("compiling", whole) == 99
    assert percent("completed", whole) == 100


def test_nothing_is_done_while_no_film_has_begun() -> None:
    for film in (None, "stopped", "broken"):  # the last two are what an earlier run has left
        assert percent("generating", run([MADE], [], film=film)) == 0
    assert percent("failed", run([MADE], [], film=None)) == 0
    assert percent("draft", run([MADE], [])) == 0


def test_a_run_that_has_failed_is_as_far_as_it_came() -> None:
    assert percent("failed", run([MADE, LOST], [], film="broken")) == 85


def test_pieces_that_are_wanted_again_take_nothing_back() -> None:
    assert percent("generating", run([WANTED, MADE], [], floor=85)) == 85
    assert percent("compiling", run([MADE, MADE], [], floor=85, joined=20)) == 88


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 60)), max_size=60))
def test_progress_never_falls(steps: list[tuple[int, int]]) -> None:
    names = ["c0", "c1", "c2", "t0", "t1"]
    row = run([WANTED] * 3, [WANTED] * 2)
    last = 0
    for which, more in steps:
        name = names[which]
        row["told"][name] = row["told"].get(name, 0) + more
        if row["told"][name] >= 100:
            row["pieces"][name] = MADE
        now = percent("generating", row)
        assert last <= now <= 85
        last = now
