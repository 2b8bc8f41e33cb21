"""What is measured in a picture: figures that say whether a photograph is good."""

import cv2
import numpy as np
from numpy.typing import NDArray

from unit.stages.colours import ciede2000

Pixels = NDArray[np.uint8]  # rows, columns, RGB
Floats = NDArray[np.float64]


def lab(pixels: Pixels) -> Floats:
    """Return the picture in CIE Lab (D65): L 0..100, a, b."""
    found = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    return np.asarray(found, np.float64)


def light(pixels: Pixels) -> float:
    """Return the exposure: the median L."""
    return float(np.median(lab(pixels)[..., 0]))


def clipped(pixels: Pixels) -> float:
    """Return the share (0..1) of pixels with a channel of 253 or more."""
    return float((pixels.max(axis=2) >= 253).mean())


def crushed(pixels: Pixels) -> float:
    """Return the share (0..1) of pixels with a channel of 3 or less."""
    return float((pixels.min(axis=2) <= 3).mean())


def cast(pixels: Pixels) -> float:
    """Return the chroma of what is nearly grey on average: the light's own colour."""
    colours = lab(small(pixels, 512)).reshape(-1, 3)
    grey = colours[(np.hypot(colours[:, 1], colours[:, 2]) < 20) & (colours[:, 0] > 20)]
    return float(np.hypot(*grey[:, 1:].mean(axis=0))) if len(grey) else 0.0


def chroma_of_neutrals(pixels: Pixels, truth: Pixels) -> float:
    """Return the mean chroma of those places that are neutral in truth."""
    one, other = lab(small(pixels, 512)), lab(small(truth, 512))
    neutral = (np.hypot(other[..., 1], other[..., 2]) < 4) & (np.abs(other[..., 0] - 60) < 32)
    return float(np.hypot(one[..., 1], one[..., 2])[neutral].mean())


def noise_of_flats(pixels: Pixels, truth: Pixels) -> float:
    """Return the noise (σ of L, without the coarse) in the fifth of `truth` that is flattest."""
    fine = [
        each - cv2.GaussianBlur(each, (0, 0), 2)
        for each in (lab(pixels)[..., 0], lab(truth)[..., 0])
    ]
    one, other = (_tiles(each**2) ** 0.5 for each in fine)
    return float(one[other <= np.quantile(other, 0.2)].mean())


def _tiles(plane: Floats) -> Floats:
    rows, columns = (side // 16 for side in plane.shape)
    tiles = plane[: rows * 16, : columns * 16].reshape(rows, 16, columns, 16)
    return np.asarray(tiles.mean(axis=(1, 3)), np.float64)


def sharpness(pixels: Pixels) -> float:
    """Return σ of the Laplacian of L in the picture's middle."""
    height, width = pixels.shape[:2]
    middle = lab(pixels[height // 4 : -height // 4, width // 4 : -width // 4])[..., 0]
    return float(cv2.Laplacian(middle, cv2.CV_64F).std())


def small(pixels: Pixels, longest_px: int) -> Pixels:
    """Return the picture with its longest side at most so long."""
    height, width = pixels.shape[:2]
    scale = min(1.0, longest_px / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def similarity(one: Pixels, other: Pixels) -> float:
    """Return the mean SSIM of L (Wang et al. 2004: Gaussian window of σ 1.5)."""
    x, y = (lab(each)[..., 0] * 2.55 for each in (one, other))
    means = [cv2.GaussianBlur(each, (11, 11), 1.5) for each in (x, y, x * x, y * y, x * y)]
    mx, my = means[:2]
    vx, vy, vxy = means[2] - mx * mx, means[3] - my * my, means[4] - mx * my
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    found = (2 * mx * my + c1) * (2 * vxy + c2) / ((mx**2 + my**2 + c1) * (vx + vy + c2))
    return float(found.mean())


def apart_76(one: Pixels, other: Pixels) -> float:
    """Return the mean ΔE of 1976: the distance in Lab."""
    return float(np.linalg.norm(lab(one) - lab(other), axis=2).mean())


def apart(one: Pixels, other: Pixels) -> float:
    """Return the mean ΔE2000."""
    return float(ciede2000(lab(one), lab(other)).mean())
