"""What a mask marks is taken out, and filled with what lies around it."""

from pathlib import Path

import numpy as np
import pytest

from chassis.errors import Rejected, Unavailable
from gateways.pictures import Limits, Pixels
from media.gateways import inpainting
from media.gateways.inpainting import inpaint, removed
from unit.stages.known_holes import HOLES, apart, by_chance, hole, photograph

WALL = (190, 186, 180)


def wall(height: int = 240, width: int = 320, grain: float = 4) -> Pixels:
    chance = np.random.default_rng(5)
    lit = np.array(WALL) + chance.normal(0, grain, (height, width, 1))
    return np.asarray(np.clip(lit, 0, 255), np.uint8)


@pytest.mark.parametrize("name", ["pexels-6963788", "pexels-7193656"])
def test_a_small_picture_s_known_hole_is_filled_as_it_was(name: str, tmp_path: Path) -> None:
    pixels = photograph(name, 480)
    mask = hole(pixels, *HOLES[name])

    assert apart(pixels, inpaint(pixels, mask, tmp_path), mask) <= 4


@pytest.mark.long
def test_twelve_known_holes_are_filled_as_they_were(tmp_path: Path) -> None:
    far = far_apart(HOLES, tmp_path)

    assert len(far) == 12
    assert np.mean(far) <= 4, np.round(far, 2)


@pytest.mark.long
def test_what_lies_at_random_places_is_mostly_filled_as_it_was(tmp_path: Path) -> None:
    far = far_apart(by_chance(), tmp_path)  # two hide what nobody could guess

    assert len(far) == 12
    assert np.median(far) <= 2, np.round(far, 2)
    assert np.mean(far) <= 5.5, np.round(far, 2)


def far_apart(holes: dict[str, tuple[float, float, float, float]], work: Path) -> list[float]:
    """Return each filling's mean ΔE2000 to what was there; nothing else has changed."""
    far = []
    for name, place in holes.items():
        pixels = photograph(name, 2880)
        mask = hole(pixels, *place)
        filled = inpaint(pixels, mask, work)
        assert (filled[~mask] == pixels[~mask]).all()
        far.append(apart(pixels, filled, mask))
    return far


def test_nothing_changes_outside_the_mask_and_the_same_gives_the_same(tmp_path: Path) -> None:
    pixels = photograph("pexels-7303995", 240)
    mask = hole(pixels, *HOLES["pexels-7303995"])
    mask[200:205, 40:90] = True  # a narrow one, too
    before = pixels.copy()

    first, second = (inpaint(pixels, mask, tmp_path) for _ in range(2))

    assert (first == second).all()
    assert (pixels == before).all()
    assert (first[~mask] == pixels[~mask]).all()
    assert not list(tmp_path.iterdir())


def test_nothing_is_filled_from_what_is_to_go_as_well(tmp_path: Path) -> None:
    pixels, mask = wall(), np.zeros((240, 320), bool)
    for left, colour in ((40, (220, 20, 20)), (73, (20, 20, 220)), (260, (20, 220, 20))):
        pixels[80:110, left : left + 30] = colour
        mask[80:110, left : left + 30] = True

    filled = inpaint(pixels, mask, tmp_path)

    assert np.abs(filled[mask].mean(0) - WALL).max() < 4
    assert np.ptp(filled[mask].astype(int), axis=1).max() < 40


def test_a_wire_is_taken_out_without_a_process(tmp_path: Path) -> None:
    pixels, mask = wall(grain=0), np.zeros((240, 320), bool)
    mask[:, 100:108] = True
    pixels[mask] = 0

    filled = inpaint(pixels, mask, tmp_path / "not there")

    assert np.abs(filled[mask].astype(int) - WALL).max() <= 2


def test_the_grain_goes_on_in_a_hole_that_was_filled_small(tmp_path: Path) -> None:
    pixels, mask = wall(480, 640, grain=6), np.zeros((480, 640), bool)
    mask[140:340, 220:420] = True
    pixels[mask] = 0

    filled = inpaint(pixels, mask, tmp_path)

    assert (filled[~mask] == pixels[~mask]).all()
    assert 0.8 < filled[mask].std(0).mean() / pixels[~mask].std(0).mean() < 1.25


@pytest.mark.parametrize(
    "limits", [Limits(wait_s=0.05), Limits(cpu_s=0)], ids=["the clock", "the processor"]
)
def test_who_takes_too_long_is_stopped(
    limits: Limits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inpainting, "LIMITS", limits)
    mask = np.zeros((240, 320), bool)
    mask[80:140, 80:140] = True

    with pytest.raises(Unavailable) as late:
        inpaint(wall(), mask, tmp_path)

    assert late.value.code == "media.inpainting_timeout"
    assert not list(tmp_path.iterdir())


def test_what_stands_in_the_files_is_taken_out_and_progress_told(tmp_path: Path) -> None:
    picture, mask = wall(), np.zeros((240, 320, 3), np.uint8)
    picture[80:120, 80:120] = 0
    mask[80:120, 80:120] = 255
    files = {b"picture": picture, b"mask": mask}
    heard: list[int] = []

    without = removed(
        files.__getitem__, b"picture", b"mask", "remove", tmp_path, lambda *at: heard.append(at[0])
    )

    assert without[80:120, 80:120].min() > 150
    assert (heard[0], heard[-1]) == (50, 80)
    with pytest.raises(Rejected) as refusal:
        removed(files.__getitem__, b"picture", b"mask", "add", tmp_path, lambda *at: None)
    assert refusal.value.code == "media.needs_generative_engine"
