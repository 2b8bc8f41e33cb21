"""Long computations: few at once, each in its turn, and none for who has stopped waiting."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from chassis import deadline
from chassis.computing import AT_ONCE, in_turn
from chassis.errors import DeadlineExceeded

PATIENCE_S = 60.0


def test_as_many_compute_at_once_as_may_and_all_come_to_their_turn() -> None:
    all_are_in, at_work, most = threading.Barrier(AT_ONCE, timeout=PATIENCE_S), [0], [0]
    changing = threading.Lock()

    def compute(number: int) -> int:
        with changing:
            at_work[0] += 1
            most[0] = max(most[0], at_work[0])
        all_are_in.wait()  # one less would never be let through
        with changing:
            at_work[0] -= 1
        return number

    numbers = range(3 * AT_ONCE)
    with ThreadPoolExecutor(len(numbers)) as callers:
        assert list(callers.map(lambda each: in_turn(compute, each), numbers)) == list(numbers)
    assert most == [AT_ONCE]


def test_whose_turn_does_not_come_in_time_is_told_so_and_nothing_is_computed() -> None:
    ended, begun, computed = threading.Event(), threading.Semaphore(0), list[str]()

    def hold() -> None:
        begun.release()
        ended.wait(PATIENCE_S)

    with ThreadPoolExecutor(AT_ONCE) as others:
        holding = [others.submit(in_turn, hold) for _ in range(AT_ONCE)]
        assert all(begun.acquire(timeout=PATIENCE_S) for _ in holding)
        with deadline.within(0.01), pytest.raises(DeadlineExceeded) as late:
            in_turn(computed.append, "late")
        ended.set()
    assert (late.value.retryable, computed) == (True, [])
    in_turn(computed.append, "in time")
    assert computed == ["in time"]


def test_a_computation_that_fails_leaves_its_place() -> None:
    for _ in range(2 * AT_ONCE):
        with pytest.raises(ZeroDivisionError), deadline.within(PATIENCE_S):
            in_turn(lambda: 1 // 0)
