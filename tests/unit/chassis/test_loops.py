"""Loops in threads: woken, stopped, and going on after what fails."""

import threading
from collections.abc import Callable, Iterator

import pytest

from chassis.running.loops import Loops, Signal
from waiting import until

NEVER_S = 3_600.0  # an idle time that no test waits for
PATIENCE_S = 60.0


@pytest.fixture
def loops() -> Iterator[Loops]:
    loops = Loops(service="boxes")
    yield loops
    loops.tell_to_stop()
    assert loops.join(PATIENCE_S) == []


def counting(turns: list[int]) -> Callable[[], None]:
    return lambda: turns.append(len(turns))


def test_an_idle_loop_is_woken_each_time(loops: Loops) -> None:
    turns: list[int] = []
    signal = Signal()
    loops.spawn("count", counting(turns), NEVER_S, NEVER_S, signal.listen())
    until(lambda: len(turns) == 1)
    signal.send()
    until(lambda: len(turns) == 2)
    signal.send()
    until(lambda: len(turns) == 3)


def test_a_signal_wakes_all_who_listen(loops: Loops) -> None:
    turns: list[int] = []
    signal = Signal()
    for name in ("one", "other"):
        loops.spawn(name, counting(turns), NEVER_S, NEVER_S, signal.listen())
    until(lambda: len(turns) == 2)
    signal.send()
    until(lambda: len(turns) == 4)


def test_what_wakes_a_loop_during_its_turn_leads_to_another(loops: Loops) -> None:
    turns: list[int] = []
    wake = threading.Event()

    def turn() -> None:
        turns.append(len(turns))
        if len(turns) == 1:
            wake.set()

    loops.spawn("count", turn, NEVER_S, NEVER_S, wake)
    until(lambda: len(turns) == 2)


def test_a_loop_that_waits_ends_when_it_is_told_to() -> None:
    loops, turns = Loops(), list[int]()
    loops.spawn("alone", counting(turns), NEVER_S, NEVER_S)
    loops.spawn("woken", counting(turns), NEVER_S, NEVER_S, threading.Event())
    until(lambda: len(turns) == 2)
    assert not loops.stopping
    loops.tell_to_stop()
    assert loops.stopping
    assert loops.join(PATIENCE_S) == []


def test_those_that_have_not_ended_in_time_are_named() -> None:
    loops, goes_on = Loops(), threading.Event()
    loops.spawn("late", lambda: goes_on.wait(PATIENCE_S))
    loops.tell_to_stop()
    assert loops.join(0) == ["late"]
    goes_on.set()
    assert loops.join() == []


def test_a_loop_goes_on_after_what_fails(loops: Loops) -> None:
    turns: list[int] = []

    def turn() -> None:
        turns.append(len(turns))
        if len(turns) == 1:
            raise KeyError("a bug")

    loops.spawn("count", turn, NEVER_S, NEVER_S)
    until(lambda: len(turns) == 2)
