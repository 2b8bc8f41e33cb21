"""A project's status is a pure function of its images."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.domain.status import status_of


@pytest.mark.parametrize(
    ("images", "begun", "completed", "failed", "status"),
    [
        (0, 0, 0, 0, "pending"),
        (3, 0, 0, 0, "pending"),
        (3, 1, 0, 0, "processing"),
        (3, 3, 2, 0, "processing"),
        (3, 3, 0, 2, "processing"),
        (3, 3, 3, 0, "completed"),
        (3, 3, 1, 2, "completed"),
        (3, 3, 0, 3, "failed"),
        (4, 3, 3, 0, "processing"),  # one came later and waits for its start
    ],
)
def test_the_status_follows_from_how_many_images_ended_and_how(
    images: int, begun: int, completed: int, failed: int, status: str
) -> None:
    assert status_of(images=images, begun=begun, completed=completed, failed=failed) == status


@given(waiting=st.integers(0, 9), completed=st.integers(0, 9), failed=st.integers(0, 9))
def test_a_project_has_an_end_exactly_when_all_its_images_have(
    waiting: int, completed: int, failed: int
) -> None:
    ended = completed + failed

    status = status_of(images=waiting + ended, begun=ended, completed=completed, failed=failed)

    assert (status in ("completed", "failed")) == (waiting == 0 and ended > 0)
