"""The camera: where it is at any time, over pictures of any shape."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from video.domain.rooms import ROOM_TYPES
from video.gateways.camera import BESIDE, PACES, Course, boxed, course_of
from video.gateways.engine import FPS, SIZES, Shot

SHAPES = (0.4, 0.5625, 2 / 3, 0.75, 1.0, 4 / 3, 1.5, 16 / 9, 2.5, 4.0)  # of photographs
PASSING_S = 1.0  # what of a transition shows one of its pictures
ROOMS = ("exterior", "hallway", "dining-room", "living-room", "kitchen", "garden")  # each its move


def reach(shape: float, ratio: str) -> tuple[float, float]:
    width, height = SIZES[ratio]
    wider = shape / (width / height)
    return (wider, 1.0) if wider > 1 else (1.0, 1 / wider)


def courses(seconds: int = 5) -> list[tuple[str, Course]]:
    return [
        (ratio, course_of(shot, reach(shape, ratio)))
        for ratio, shape, room, motion in product(SIZES, SHAPES, ROOMS, PACES)
        for shot in [Shot(room_type=room, seconds=seconds, aspect_ratio=ratio, motion=motion)]
    ]


def views(course: Course, begin: float, end: float) -> NDArray[np.float64]:
    """Return x, y and zoom at each frame from `begin` to `end`, in seconds."""
    at = np.arange(round(begin * FPS), round(end * FPS)) / FPS
    return np.array([[view.x, view.y, view.zoom] for view in map(course.view, at)])


def edges(course: Course, seen: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what lies beside each view: left, right, above and below, in frames."""
    across, down = (1.0, 1.0) if boxed(course.reach) else course.reach
    x, y, half = seen[:, 0], seen[:, 1], 0.5 / seen[:, 2]
    return np.stack([x - half, across - x - half, y - half, down - y - half])


def speeds(course: Course, ratio: str, begin: float, end: float) -> NDArray[np.float64]:
    """Return how far what is seen moves in each frame, in pixels, on average over the frame."""
    width, height = SIZES[ratio]
    seen = views(course, begin, end + 1 / FPS)
    nearer = seen[1:, 2] / seen[:-1, 2] - 1
    step = np.diff(seen[:, :2], axis=0) * seen[1:, 2:]
    middle = (np.arange(8) + 0.5) / 8 - 0.5
    x = middle[:, None, None] * nearer - step[:, 0]
    y = middle[None, :, None] * nearer - step[:, 1]
    return np.asarray(np.hypot(x * width, y * height).mean(axis=(0, 1)))


@pytest.mark.parametrize("seconds", [5, 10])
def test_no_camera_ever_sees_beyond_the_picture(seconds: int) -> None:
    for _, course in courses(seconds):
        seen = views(course, -PASSING_S, seconds + PASSING_S)
        assert edges(course, seen).min() > -1e-9, course


@pytest.mark.parametrize("seconds", [5, 10])
def test_every_clip_shows_for_a_second_nearly_all_that_its_frame_can_cover(seconds: int) -> None:
    for _, course in courses(seconds):
        if not boxed(course.reach):
            wide = views(course, 0, seconds)[:, 2] ** -2.0 >= 0.95
            assert wide.sum() >= FPS, course


@pytest.mark.parametrize("seconds", [5, 10])
def test_a_picture_that_would_show_too_little_is_seen_whole_over_its_blur(seconds: int) -> None:
    for _, course in courses(seconds):
        if boxed(course.reach):
            spare = edges(course, views(course, 0, seconds)).T  # what is beside it on its own blur
            along = spare[:, :2] if course.reach[1] < course.reach[0] else spare[:, 2:]
            whole = (along <= (1 - 1 / BESIDE) / 2).all(axis=1)
            assert whole.sum() >= 1.5 * FPS, course


def test_a_camera_goes_on_through_both_ends_at_a_pace_that_fits_the_others() -> None:
    for ratio in SIZES:
        for motion in PACES:
            moved = [
                speeds(course, ratio, -PASSING_S, 5 + PASSING_S)
                for of, course in courses()
                if of == ratio and course.pace == PACES[motion]
            ]
            # In no film the slowest passage is below 0.4 of the mean, whatever rooms it shows.
            typical = np.mean([each.mean() for each in moved])
            assert min(each.min() for each in moved) > 0.4 * typical, (ratio, motion)


def test_a_camera_never_jerks() -> None:
    for ratio, course in courses():
        change = np.abs(np.diff(speeds(course, ratio, -PASSING_S, 5 + PASSING_S)))
        assert change.max() < 0.15 * course.pace, course
        assert change.mean() < 0.03 * course.pace, course


def test_normal_is_half_as_fast_again_as_calm() -> None:
    for room in ROOMS:
        calm = Shot(room_type=room, seconds=5, aspect_ratio="16:9")
        found = [
            speeds(course_of(shot, (1, 1.185)), "16:9", 0, 5).mean()
            for shot in (calm, replace(calm, motion="normal"))
        ]
        assert 1.4 < found[1] / found[0] < 1.6, room


def test_a_mirrored_move_goes_the_other_way() -> None:
    for room, across in product(ROOM_TYPES, ((1.2, 1.0), (2.67, 1.0), (1.0, 1.185))):
        shot = Shot(room_type=room, seconds=5, aspect_ratio="16:9")
        there, back = (
            views(course_of(each, across), 0, 5) for each in (shot, replace(shot, mirrored=True))
        )
        whole = 1.0 if boxed(across) else across[0]
        assert np.allclose(there[:, 0], whole - back[:, 0]), room
        assert np.allclose(there[:, 1:], back[:, 1:]), room
        assert np.abs(there[-1, 0] - there[0, 0]) > 0.01, room


def test_a_camera_that_draws_back_ends_wide_and_all_others_do_not_get_wider() -> None:
    for room in ROOM_TYPES:
        shot = Shot(room_type=room, seconds=5, aspect_ratio="16:9")
        for shape in (1.0, 1.185), (1.0, 2.37):
            zooms = views(course_of(shot, shape), 0, 5)[:, 2]
            assert (zooms[-1] < zooms[0] - 0.05) == (room == "dining-room"), room
