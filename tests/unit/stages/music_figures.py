"""A piece of music in figures; `tests/integration/test_music.py` says what they must be.

Sound is an array of shape (2, n) at 48 kHz.
"""

import re
import subprocess

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.floating]

RATE = 48_000
HOP = 480  # samples: onsets are looked for each 10 ms
ENDS = RATE // 20  # the 50 ms before and after the seam of a loop
TEMPI = (60.0, 125.0)  # beats a minute, between which a beat is looked for
OCTAVES = (125, 250, 500, 1_000)  # Hz, the lower edges


def lufs(sound: Sound) -> float:
    """Return the gated loudness, as ffmpeg's meter of EBU R 128 has it."""
    return _metered(sound, "I")


def loudness_range(sound: Sound) -> float:
    """Return the loudness range in LU, likewise."""
    return _metered(sound, "LRA")


def _metered(sound: Sound, figure: str) -> float:
    raw = np.ascontiguousarray(sound.T, np.float32).tobytes()
    given = ["-f", "f32le", "-ar", str(RATE), "-ac", "2", "-i", "pipe:0"]
    meter = ["-af", "ebur128=framelog=quiet", "-f", "null", "-"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", *given, *meter]
    said = subprocess.run(command, input=raw, check=True, capture_output=True).stderr.decode()
    found = re.findall(rf"^ +{figure}: +(-?[0-9.]+) LU", said, re.MULTILINE)
    return float(found[-1])


def seam(sound: Sound) -> tuple[float, float]:
    """Return the step from the end to the start of a loop, and the largest near it."""
    around = np.concatenate([sound[:, -ENDS:], sound[:, :ENDS]], axis=1)
    steps = np.abs(np.diff(around, axis=1)).max(axis=0)
    return float(steps[ENDS - 1]), float(np.delete(steps, ENDS - 1).max())


def true_peak_db(sound: Sound) -> float:
    """Return the peak of the sound at four times its rate, in dB."""
    peaks = []
    for row in sound:
        spectrum = np.fft.rfft(row)
        for quarter in range(4):
            turned = np.exp(2j * np.pi * np.arange(len(spectrum)) * quarter / (4 * len(row)))
            peaks.append(np.abs(np.fft.irfft(spectrum * turned, len(row))).max())
    return float(20 * np.log10(max(peaks)))


def correlation(sound: Sound) -> float:
    """Return how alike both sides are."""
    left, right = sound - sound.mean(axis=1, keepdims=True)
    return float(np.sum(left * right) / np.sqrt(np.sum(left**2) * np.sum(right**2)))


def octaves_db(sound: Sound) -> list[float]:
    """Return the power in each octave, in dB."""
    power = np.abs(np.fft.rfft(sound.mean(axis=0))) ** 2
    hz = np.fft.rfftfreq(sound.shape[1], 1 / RATE)
    return [float(10 * np.log10(power[(low <= hz) & (hz < 2 * low)].sum())) for low in OCTAVES]


def tempo(sound: Sound) -> float:
    """Return the beats a minute at which onsets repeat most."""
    bands = np.log1p(1000 * spectra(sound, 2048, HOP) @ mel(2048, 40))
    onsets = np.maximum(np.diff(bands, axis=0), 0).sum(axis=1)
    onsets = onsets - onsets.mean()
    size = len(onsets)
    spectrum = np.abs(np.fft.rfft(onsets, 2 * size)) ** 2
    alike = np.fft.irfft(spectrum)[:size] / (size - np.arange(size))
    lags = np.linspace(60 / TEMPI[1], 60 / TEMPI[0], 1_000) * RATE / HOP
    # a beat repeats after two, three and four as well, which tells its length more exactly
    score = np.sum([np.interp(lags * n, np.arange(size), alike) for n in (1, 2, 3, 4)], axis=0)
    return float(60 * RATE / HOP / lags[np.argmax(score)])


def timbre(sound: Sound) -> Sound:
    """Return the mean of twelve mel-frequency cepstral coefficients, without the first."""
    bands = 10 * np.log10(spectra(sound, 2048, 2048) @ mel(2048, 40) + 1e-10)
    n = np.arange(40)
    cosines = np.cos(np.pi / 40 * (n[:, None] + 0.5) * np.arange(1, 13)) * np.sqrt(2 / 40)
    return np.asarray((bands @ cosines).mean(axis=0))


def spectra(sound: Sound, size: int, hop: int) -> Sound:
    """Return the power of each window, by frequency."""
    mono = sound.mean(axis=0)
    windows = np.lib.stride_tricks.sliding_window_view(mono, size)[::hop]
    return np.abs(np.fft.rfft(windows * np.hanning(size))) ** 2


def mel(size: int, count: int) -> Sound:
    """Return triangles by which a spectrum becomes bands as wide as the ear has them."""
    top = 2595 * np.log10(1 + 16_000 / 700)
    edges = 700 * (10 ** (np.linspace(2595 * np.log10(1 + 40 / 700), top, count + 2) / 2595) - 1)
    hz = np.fft.rfftfreq(size, 1 / RATE)[:, None]
    up = (hz - edges[:-2]) / (edges[1:-1] - edges[:-2])
    down = (edges[2:] - hz) / (edges[2:] - edges[1:-1])
    return np.maximum(0, np.minimum(up, down))


def loudest_click(sound: Sound) -> float:
    """Return how far a bend stands out of those in the two milliseconds after it, at most.

    What is struck goes on; a click, or a note cut off, has nothing like it behind.
    """
    size = RATE // 500
    bends = np.abs(np.diff(sound, 3, axis=1))
    most = bends[:, : bends.shape[1] // size * size].reshape(2, -1, size).max(axis=2)
    audible = 50 / 2**15  # below it lies what is rounded
    return float((most[:, :-1] / np.maximum(most[:, 1:], audible)).max())
