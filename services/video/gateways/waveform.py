"""The waveform of a track: what it is as a picture, beside the player that plays it."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Samples = NDArray[np.float32]

COLUMNS, HEIGHT = 1200, 160  # pixels
HAIRLINE = 0.5  # half of the line that silence is
PEAKS, POWER = (164, 184, 209), (44, 88, 142)  # sRGB; both are seen on light and on dark grounds


def drawn(samples: Samples) -> Image.Image:
    """Return a track's peaks, and within them its power (RMS), a column an equal part of it.

    `samples` has a row a moment and a column a channel, of which each column of the picture shows
    the loudest. The tallest peak fills the picture, whose ground is transparent; both are drawn
    in proportion, to a fraction of a pixel.
    """
    edges = np.linspace(0, len(samples), COLUMNS + 1).astype(int)
    parts = [samples[a:b] for a, b in zip(edges[:-1], edges[1:], strict=True)]
    peaks = np.array([np.abs(part).max() for part in parts])
    power = np.array([np.sqrt(np.square(part, dtype=np.float64).mean(0).max()) for part in parts])
    scale = HEIGHT / 2 / max(float(peaks.max()), 1e-6)
    outer = _covered(np.maximum(peaks * scale, HAIRLINE))
    inner = _covered(power * scale)[..., None]
    picture = np.empty((HEIGHT, COLUMNS, 4), np.uint8)
    picture[..., :3] = np.rint(inner * POWER + (1 - inner) * PEAKS)
    picture[..., 3] = np.rint(255 * outer)
    return Image.fromarray(picture)


def _covered(heights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how much (0 to 1) of each pixel a column covers that is so high above the middle."""
    away = np.abs(np.arange(HEIGHT) + 0.5 - HEIGHT / 2) - 0.5
    covered: NDArray[np.float64] = np.clip(heights[None, :] - away[:, None], 0, 1)
    return covered
