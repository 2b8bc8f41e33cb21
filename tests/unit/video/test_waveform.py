"""The picture of a track, of samples that are known."""

import numpy as np

from video.gateways.waveform import COLUMNS, HEIGHT, PEAKS, POWER, drawn

EACH = 50  # samples a column


def steady(levels: np.ndarray) -> np.ndarray:
    """Return two channels of a square wave, silent in one, at a level for each column."""
    wave = np.repeat(levels, EACH) * np.tile([1, -1], COLUMNS * EACH // 2)
    return np.stack([wave * 0, wave], axis=1).astype(np.float32)


def test_a_column_is_as_high_as_its_part_is_loud() -> None:
    levels = np.linspace(0.1, 0.5, COLUMNS)
    picture = np.asarray(drawn(steady(levels)))
    heights = picture[..., 3].sum(0) / 255
    assert np.abs(heights - HEIGHT * levels / 0.5).max() < 0.6
    assert (picture[HEIGHT // 2, :, :3] == POWER).all()  # a square wave's power is its peak


def test_a_peak_stands_out_of_the_power_in_the_other_tone() -> None:
    samples = steady(np.full(COLUMNS, 0.1))
    samples[EACH * 600, 0] = 0.8
    column = np.asarray(drawn(samples))[:, 600]
    assert tuple(column[2]) == (*PEAKS, 255)
    assert tuple(column[HEIGHT // 2][:3]) == POWER
    assert np.asarray(drawn(samples))[2, 599, 3] == 0


def test_silence_is_a_line() -> None:
    picture = np.asarray(drawn(np.zeros((5000, 2), np.float32)))
    assert (picture[HEIGHT // 2 - 1 : HEIGHT // 2 + 1, :, 3] > 100).all()
    assert not picture[: HEIGHT // 2 - 1, :, 3].any()
