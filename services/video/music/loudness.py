"""How loud a piece is, after ITU-R BS.1770, and limiting it."""

import numpy as np

from video.music.circle import LENGTH, RATE, Circle, Samples, filtered, slow

BLOCK, STEP = RATE * 2 // 5, RATE // 10  # 400 ms, each 100 ms
ABSOLUTE_LUFS, RELATIVE_LU = -70.0, -10.0
# The two filters of the recommendation at 48 kHz: the head as a shelf, then a high-pass.
SHELF = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285),
    (1.0, -1.69065929318241, 0.73248077421585),
)
HIGH_PASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))
TICK = 48  # samples: the limiter looks at milliseconds
AHEAD = 6  # ticks before and after a peak over which the limiter gives way


def loudness(circle: Circle) -> float:
    """Return the gated loudness of a piece, in LUFS."""
    power = np.zeros(LENGTH // STEP)
    for row in circle:
        power += np.mean(filtered(row, _as_heard).reshape(-1, STEP) ** 2, axis=1)
    blocks = np.convolve(power, np.full(BLOCK // STEP, STEP / BLOCK), "valid")
    kept = blocks[_lufs(blocks) > ABSOLUTE_LUFS]
    kept = kept[_lufs(kept) > _lufs(kept.mean(keepdims=True)) + RELATIVE_LU]
    return float(_lufs(kept.mean(keepdims=True))[0])


def limiting(circle: Circle, ceiling: float) -> Samples:
    """Return the gains that leave no sample above `ceiling`: softly around each peak."""
    peaks = np.maximum(circle.max(axis=0), -circle.min(axis=0)).reshape(-1, TICK).max(axis=1)
    allowed = np.minimum(1, ceiling / np.maximum(peaks, ceiling))
    around = [np.roll(allowed, shift) for shift in range(-AHEAD - 1, AHEAD + 2)]
    return stretched(slow(np.minimum.reduce(around), AHEAD, AHEAD))


def stretched(levels: Samples) -> Samples:
    """Return a level for each sample, by straight lines between evenly spaced ones, round."""
    nodes = np.concatenate([levels[-1:], levels, levels[:1]])
    at = np.arange(LENGTH) * (len(levels) / LENGTH) + 0.5
    return np.asarray(np.interp(at, np.arange(len(nodes)), nodes))


def _as_heard(hz: Samples) -> Samples:
    """Return the weight of each frequency, by the magnitude of both filters."""
    cosine = np.cos(2 * np.pi / RATE * hz)
    weight = np.ones(len(hz))
    for upper, lower in (SHELF, HIGH_PASS):
        weight *= _squared(upper, cosine)
        weight /= _squared(lower, cosine)
    return np.asarray(np.sqrt(weight))


def _squared(polynomial: tuple[float, float, float], cosine: Samples) -> Samples:
    a, b, c = polynomial
    squared = (a - c) ** 2 + b**2 + 2 * b * (a + c) * cosine + 4 * a * c * cosine**2
    return np.maximum(squared, 0)  # rounding could fall below, where it is nothing


def _lufs(power: Samples) -> Samples:
    return np.asarray(-0.691 + 10 * np.log10(np.maximum(power, 1e-12)))
