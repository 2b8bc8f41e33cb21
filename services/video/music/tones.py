"""What is not strung: a pad of detuned saws, a sub bass, a bell; and a kick, a brush, a shaker."""

import numpy as np

from video.music.circle import (
    RATE,
    Samples,
    Stereo,
    low_pass,
    noise,
)

DETUNED = (-9.0, -4.0, 0.0, 5.0, 8.0)  # cents, of the five saws from left to right
SIDES = (0.85, 0.35, 0.5, 0.65, 0.15)  # how much of each is on the left
OPENED_HZ, OPENS_S = (650.0, 3_000.0), 9.0  # the low-pass, shut and open, and its period
TABLE = 2**15  # points of a saw
TABLE_SHIFT = np.uint32(32 - 15)
BELL = ((1.0, 1.0, 1.6), (2.0, 0.25, 1.0), (2.76, 0.35, 0.6), (5.4, 0.18, 0.25), (8.9, 0.06, 0.1))


def saws(pitch: int, hardness: float, samples: int) -> Stereo:
    """Return five saws that beat against each other, behind a low-pass that opens and closes."""
    shut, wide = (_table(_hz(pitch), hz) for hz in OPENED_HZ)
    opened = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(samples) / (RATE * OPENS_S))
    sound = np.zeros((2, samples))
    for n, (cents, left) in enumerate(zip(DETUNED, SIDES, strict=True)):
        turn = round(_hz(pitch + cents / 100) / RATE * 2**32)
        turns = np.arange(samples, dtype=np.uint32) * np.uint32(turn) + _start(pitch, n)
        saw = shut.take(turns >> TABLE_SHIFT)
        saw += opened * (wide.take(turns >> TABLE_SHIFT) - saw)
        sound[0] += saw * np.sqrt(left)
        sound[1] += saw * np.sqrt(1 - left)
    return sound


def sub(pitch: int, hardness: float, samples: int) -> Stereo:
    """Return a bass: a round tone with a second and a third partial, as a valve would add them."""
    phase = 2 * np.pi * _hz(pitch) * np.arange(samples) / RATE
    falling = np.exp(-np.arange(samples) / (RATE * 1.8))
    tone = np.tanh((1.2 + hardness) * np.sin(phase) + 0.4) - np.tanh(0.4)
    third = 0.3 * np.sin(3 * phase) * np.exp(-np.arange(samples) / (RATE * 0.25))
    return _centred((tone + 0.4 * np.sin(2 * phase) + third) * falling)


def bell(pitch: int, hardness: float, samples: int) -> Stereo:
    """Return a struck bar: few partials that are in no ratio, the upper ones short."""
    time = np.arange(samples) / RATE
    sound = np.zeros((2, samples))
    for ratio, gain, seconds in BELL:
        hz, loud = _hz(pitch) * ratio, gain if ratio == 1 else gain * (0.4 + hardness)
        if hz < 12_000:
            fading = loud * np.exp(-time / seconds)
            for side, apart in enumerate((-0.35, 0.35)):
                sound[side] += fading * np.sin(2 * np.pi * (hz + apart) * time)
    sound[:, :72] *= np.linspace(0, 1, 72)
    return sound


def kick(pitch: int, hardness: float, samples: int) -> Stereo:
    """Return a soft drum: a tone that falls from 126 to 52 Hz, and the beater's felt."""
    time = np.arange(samples) / RATE
    phase = 2 * np.pi * (52 * time + 74 * 0.028 * (1 - np.exp(-time / 0.028)))
    felt = _dull(noise(21, samples), 24) * np.exp(-time / 0.006) * hardness
    return _centred(np.sin(phase) * np.exp(-time / 0.16) * (1 - np.exp(-time / 0.002)) + felt)


def brush(pitch: int, hardness: float, samples: int) -> Stereo:
    """Return a brush on a drum: a stroke that swells for a moment, sooner the harder it is."""
    time = np.arange(samples) / RATE
    hiss = np.stack([_bright(_dull(noise(seed, samples), 5), 24) for seed in (31, 32)])
    swell = 1 - np.exp(-time / (0.012 - 0.008 * hardness))
    return np.asarray(hiss * swell * np.exp(-time / 0.07))


def shaker(pitch: int, hardness: float, samples: int) -> Stereo:
    """Return a shaker: grains that first slide, then fall."""
    time = np.arange(samples) / RATE
    hiss = np.stack([_bright(_dull(noise(seed, samples), 4), 12) for seed in (41, 42)])
    slide = np.minimum(time / 0.03, 1) ** 2 * np.exp(-np.maximum(time - 0.03, 0) / 0.025)
    return np.asarray(hiss * slide)


def _table(hz: float, limit: float) -> Samples:
    """Return one turn of a saw of `hz`, of which a filter leaves little above `limit`."""
    partials = np.arange(1, min(TABLE // 2, int(16_000 / hz)))
    spectrum = np.zeros(TABLE // 2 + 1, complex)
    spectrum[partials] = -1j / partials * low_pass(limit, 2)(partials * hz) * TABLE / np.pi
    return np.fft.irfft(spectrum, TABLE)


def _start(pitch: int, n: int) -> np.uint32:
    """Return where in its turn a saw starts: all of them at once would be a blow."""
    return np.uint32((pitch * 7 + n * 13) * 2654435769 % 2**32)


def _hz(pitch: float) -> float:
    return float(440 * 2 ** ((pitch - 69) / 12))


def _centred(sound: Samples) -> Stereo:
    return np.stack([sound, sound])


def _dull(sound: Samples, width: int) -> Samples:
    return np.convolve(sound, np.full(width, 1 / width), "same")


def _bright(sound: Samples, width: int) -> Samples:
    return sound - _dull(sound, width)
