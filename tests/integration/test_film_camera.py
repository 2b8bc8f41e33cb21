"""What is seen and heard where the camera moves, and where two pieces meet."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from films.figures import frames, jitter, join_db, shake, steps_back, track
from integration.stages.small_films import (
    ENGINE,
    FRAME_MS,
    RATE,
    Job,
    heard,
    loudness,
    make_clip,
    make_film,
    make_transition,
    photograph,
    seen,
    shot,
)
from video.gateways.engine import SIZES

SQUARE = SIZES["1:1"]


@pytest.fixture(scope="module")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("photographs")
    return [photograph(folder / f"{n}.jpg", (1200, 1080), n) for n in range(2)]


@pytest.fixture(scope="module")
def pieces(photographs: list[Path], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A clip of 1 s, the transition after it, and the clip after that; silent."""
    made = [tmp_path_factory.mktemp("pieces") / f"{n}.mp4" for n in range(3)]
    make_clip(photographs[0], made[0], room_type="hallway", native_audio=False)
    rooms = ("hallway", "exterior")
    make_transition(photographs[0], photographs[1], made[1], rooms, 1200, native_audio=False)
    make_clip(photographs[1], made[2], room_type="exterior", native_audio=False)
    return made


@pytest.fixture(scope="module")
def disc(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bright disc on a dim wall, somewhat right of and below the middle."""
    path = tmp_path_factory.mktemp("disc") / "disc.png"
    down, across = np.mgrid[:1500, :1500]
    lit = np.clip(60.5 - np.hypot(across - 800, down - 780), 0, 1)  # a soft rim, as of a lens
    grey = np.rint(64 + 170 * lit).astype(np.uint8)
    Image.fromarray(grey).convert("RGB").save(path)
    return path


def test_the_camera_moves_in_every_frame_and_goes_on_through_the_joins(pieces: list[Path]) -> None:
    first, passing, second = (np.abs(np.diff(seen(piece), axis=0)).mean((1, 2)) for piece in pieces)
    for steps in (first, second):
        assert steps.min() > 0.4 * np.median(steps)
    # before and after the dissolve; of what is that soft the encoder leaves out single steps
    assert passing[:4].mean() > 0.4 * np.median(first)
    assert passing[-4:].mean() > 0.4 * np.median(second)


def test_a_transition_leads_from_the_end_of_one_clip_to_the_begin_of_the_next(
    pieces: list[Path],
) -> None:
    before, between_them, after = (seen(piece) for piece in pieces)
    step = max(np.abs(np.diff(each, axis=0)).mean((1, 2)).max() for each in (before, after))
    assert np.abs(before[-1] - between_them[0]).mean() < 1.5 * step
    assert np.abs(between_them[-1] - after[0]).mean() < 1.5 * step
    assert np.abs(before[-1] - after[0]).mean() > 10


def test_a_clip_leads_to_another_picture_and_ends_where_a_clip_of_that_one_ends(
    photographs: list[Path], pieces: list[Path], tmp_path: Path
) -> None:
    make_clip(photographs[0], tmp_path / "led.mp4", photographs[1], room_type="hallway")
    make_clip(photographs[1], tmp_path / "other.mp4", room_type="hallway")
    led, own, other = (
        seen(each) for each in (tmp_path / "led.mp4", pieces[0], tmp_path / "other.mp4")
    )
    assert np.abs(led[0] - own[0]).mean() < 1
    assert np.abs(led[-1] - other[-1]).mean() < 1
    assert np.abs(own - other).mean((1, 2)).min() > 10


def test_a_mirrored_clip_shows_another_side(photographs: list[Path], tmp_path: Path) -> None:
    for mirrored in (False, True):
        make_clip(photographs[1], tmp_path / f"{mirrored}.mp4", mirrored=mirrored)
    one, other = (seen(tmp_path / f"{mirrored}.mp4") for mirrored in (False, True))
    assert np.abs(one[-1] - other[0]).mean() < np.abs(one[0] - other[0]).mean() / 2


def test_light_is_mixed_as_light(tmp_path: Path) -> None:
    """Half of black and half of white is a grey of 188, and not of 128."""
    sides = [tmp_path / f"{name}.png" for name in ("black", "white")]
    for side in sides:
        Image.new("RGB", (1080, 1080), side.stem).save(side)
    make_transition(sides[0], sides[1], tmp_path / "both.mp4", ("kitchen", "kitchen"), 1200)
    light = seen(tmp_path / "both.mp4").mean((1, 2))
    assert 175 < (light[14] + light[15]) / 2 < 200
    assert (np.diff(light) >= 0).all()
    both = (light > light[0] + 1) & (light < light[-1] - 1)
    assert 0 < both.sum() * FRAME_MS <= 800


@pytest.mark.parametrize("room", ["kitchen", "exterior"])
def test_a_camera_neither_trembles_nor_turns_back_and_a_join_is_not_seen(
    room: str, disc: Path, tmp_path: Path
) -> None:
    clip, passing = tmp_path / "clip.mp4", tmp_path / "passing.mp4"
    make_clip(disc, clip, room_type=room, seconds=5)
    make_transition(disc, disc, passing, (room, room), 1200, seconds=5)
    shown = [*frames(clip, SQUARE), *list(frames(passing, SQUARE))[:5]]  # before it dissolves
    path = track(shown)
    trembling = jitter(path)
    assert np.sqrt(np.mean(trembling**2)) < 0.05
    assert trembling.max() < 0.3
    assert shake(path) < 0.05
    assert steps_back(path) == 0
    assert join_db(shown[124], shown[125]) > 45


def test_a_room_is_heard_on_through_the_joins(photographs: list[Path], tmp_path: Path) -> None:
    clip, passing = tmp_path / "clip.mp4", tmp_path / "passing.mp4"
    make_clip(photographs[0], clip)
    make_transition(photographs[0], photographs[1], passing, ("kitchen", "kitchen"), 1200)
    make_film([clip, passing, clip], tmp_path / "film.mp4")
    air = heard(tmp_path / "film.mp4")
    halves = np.array([loudness(each) for each in np.split(air[: 3 * RATE], 6)])
    assert (np.abs(np.diff(20 * np.log10(halves))) < 6).all()
    steps = np.abs(np.diff(air))
    meeting = [steps[at - 100 : at + 100].max() for at in (RATE, RATE * 11 // 5)]
    assert max(meeting) < 4 * np.quantile(steps, 0.999)  # what AAC leaves of an end


def test_a_room_that_is_heard_goes_over_into_silence_and_comes_from_it(
    photographs: list[Path], tmp_path: Path
) -> None:
    shots = shot(native_audio=True), shot(native_audio=False)
    for name, (leaving, arriving) in {"out": shots, "in": shots[::-1]}.items():
        ENGINE.transition(
            photographs[0],
            photographs[1],
            tmp_path / f"{name}.mp4",
            leaving=leaving,
            arriving=arriving,
            milliseconds=1200,
            control=Job(),
        )
        halves = [loudness(each) for each in np.split(heard(tmp_path / f"{name}.mp4"), 2)]
        assert (halves[0] > 1.5 * halves[1]) == (name == "out")
        assert (halves[1] > 1.5 * halves[0]) == (name == "in")
