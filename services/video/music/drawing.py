"""A picture of a track, for those who judge it: the waveform, and the spectrum over time."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from video.music.circle import RATE

WIDTH, WAVE, SPECTRUM = 1_500, 160, 420  # pixels
WINDOW = 8_192  # samples
LOW_HZ, HIGH_HZ, RANGE_DB = 40.0, 14_000.0, 75.0
PEAK, MEAN = (150, 180, 220), (40, 80, 160)


def drawn(sound: NDArray[np.float32]) -> Image.Image:
    """Return peaks and root mean squares above, and below the spectrum by octaves."""
    mono = sound.mean(axis=0, dtype=np.float64)
    picture = Image.new("RGB", (WIDTH, WAVE + SPECTRUM), "white")
    _waveform(ImageDraw.Draw(picture), mono)
    picture.paste(_spectrogram(mono), (0, WAVE))
    return picture


def _waveform(pen: ImageDraw.ImageDraw, mono: NDArray[np.float64]) -> None:
    columns = mono[: len(mono) // WIDTH * WIDTH].reshape(WIDTH, -1)
    for heights, ink in ((np.abs(columns).max(axis=1), PEAK), (columns.std(axis=1), MEAN)):
        for x, height in enumerate(heights * WAVE / 2):
            pen.line((x, WAVE / 2 - height, x, WAVE / 2 + height), fill=ink)


def _spectrogram(mono: NDArray[np.float64]) -> Image.Image:
    windows = np.lib.stride_tricks.sliding_window_view(mono, WINDOW)
    windows = windows[:: len(windows) // WIDTH][:WIDTH] * np.hanning(WINDOW)
    levels = 20 * np.log10(np.abs(np.fft.rfft(windows)) + 1e-9)
    bins = np.geomspace(HIGH_HZ, LOW_HZ, SPECTRUM) * WINDOW / RATE
    rows = np.stack([np.interp(bins, np.arange(WINDOW // 2 + 1), each) for each in levels], axis=1)
    light = np.clip((rows - rows.max() + RANGE_DB) / RANGE_DB, 0, 1)[..., None]
    ink = np.concatenate([light * 2 - 0.6, (light * 1.5 - 0.3).clip(0) ** 1.5, light], axis=2)
    return Image.fromarray((ink.clip(0, 1) * 255).astype(np.uint8))
