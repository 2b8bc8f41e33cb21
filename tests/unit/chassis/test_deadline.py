"""Deadlines: the nearer one holds, and none is left behind."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from chassis import deadline
from chassis.errors import DeadlineExceeded


def test_without_a_deadline_nothing_is_checked() -> None:
    assert deadline.remaining() is None
    deadline.check()
    with deadline.within(None):
        assert deadline.remaining() is None


def test_the_nearer_of_two_deadlines_holds() -> None:
    with deadline.within(60):
        with deadline.within(10):
            assert 9 < (deadline.remaining() or 0) <= 10
        with deadline.within(3_600):
            assert 59 < (deadline.remaining() or 0) <= 60
        with deadline.within(None):
            assert 59 < (deadline.remaining() or 0) <= 60


def test_a_deadline_ends_with_its_block_even_by_an_error() -> None:
    with pytest.raises(KeyError), deadline.within(60):
        raise KeyError
    assert deadline.remaining() is None


@pytest.mark.parametrize("seconds", [0, -1, float("-inf")])
def test_where_nothing_remains_work_is_refused(seconds: float) -> None:
    with deadline.within(seconds):
        assert deadline.remaining() == 0
        with pytest.raises(DeadlineExceeded) as refused:
            deadline.check()
    assert refused.value.code == "chassis.deadline_exceeded"
    assert refused.value.retryable


def test_another_thread_has_its_own() -> None:
    with deadline.within(0), ThreadPoolExecutor(1) as thread:
        assert thread.submit(deadline.remaining).result() is None
