"""A photograph as the camera films it, and the dissolve of one into another."""

import math
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from video.gateways.camera import BESIDE, View, boxed
from video.gateways.ffmpeg import Frame

SHARP = 1.3  # the zoom up to which a picture is enlarged once and well; nearer, it gets softer
FINE = 2.0  # the same of its brightness: at twice the frame's size a straight line will do between
LONGEST = 4  # frames of the film; of a longer panorama the middle is shown
BLURRED_PX = 160  # the longest side at which a blur is made
DIMMED = 0.7  # of its light, so that a blur stands back behind its picture
# RGB to Y'CbCr of BT.709, video range.
BT709 = np.array(
    [
        [0.18259, 0.61423, 0.06201, 16.0],
        [-0.10064, -0.33857, 0.43922, 128.0],
        [0.43922, -0.39894, -0.04027, 128.0],
    ]
)
_CODED, _FINE = np.arange(256) / 255, np.arange(65536) / 65535
# sRGB to linear light of 16 bits, and back.
LINEAR = np.where(_CODED <= 0.04045, _CODED / 12.92, ((_CODED + 0.055) / 1.055) ** 2.4)
LINEAR = np.rint(65535 * LINEAR).astype(np.uint16)
CODED = np.where(_FINE <= 0.0031308, 12.92 * _FINE, 1.055 * _FINE ** (1 / 2.4) - 0.055)
CODED = np.rint(255 * CODED).astype(np.uint8)


class Still:
    """A photograph that covers the frame at zoom 1, alone or over a blur of itself."""

    def __init__(self, pixels: Frame, size: tuple[int, int]) -> None:
        """`pixels`: rows of RGB; `size`: width and height of the film's frame."""
        self.size = size
        pixels = _cropped(pixels, size)
        cover = min(pixels.shape[1] / size[0], pixels.shape[0] / size[1])
        self.reach = (pixels.shape[1] / size[0] / cover, pixels.shape[0] / size[1] / cover)
        # Enlarged once and well here, so that each frame only needs a quick interpolation.
        over_blur = boxed(self.reach)
        reach = (1.0, 1.0) if over_blur else self.reach
        width, height = (round(r * n * SHARP / 2) * 2 for r, n in zip(reach, size, strict=True))
        self.pixels = (_over_blur if over_blur else _scaled)(pixels, (width, height))

    @cached_property
    def planes(self) -> list[Frame]:
        """Y', finer, and Cb and Cr at half the size: the eye sees detail in brightness alone."""
        light, *colours = _planes(self.pixels)
        finer = (round(light.shape[1] * FINE / SHARP), round(light.shape[0] * FINE / SHARP))
        return [_scaled(light, finer), *colours]

    def seen(self, view: View) -> Frame:
        """Return what the camera sees, to a fraction of a pixel, as planar 4:2:0."""
        width, height = self.size
        half = (width // 2, height // 2)
        light, *colours = self.planes
        taken = [_taken(light, view, self.size, FINE, cv2.INTER_LINEAR)]
        taken += [_taken(plane, view, half, SHARP, cv2.INTER_LINEAR) for plane in colours]
        return _planar(taken)

    def light(self, view: View) -> NDArray[np.uint16]:
        """Return what the camera sees as rows of RGB in linear light."""
        taken = _taken(self.pixels, view, self.size, SHARP, cv2.INTER_CUBIC)
        return np.asarray(cv2.LUT(taken, LINEAR))


def dissolved(first: Still, old: View, second: Still, new: View, share: float) -> Frame:
    """Return two views as light adds up, `share` (0 to 1) of it the second's, as planar 4:2:0."""
    light = cv2.addWeighted(first.light(old), 1 - share, second.light(new), share, 0)
    return _planar(_planes(CODED[light]))


def _taken(plane: Frame, view: View, size: tuple[int, int], scale: float, how: int) -> Frame:
    """Return, in that size, what the camera sees of a plane with `scale` pixels for each of it."""
    width, height = size
    step = scale / view.zoom
    left, top = (view.x * scale * width, view.y * scale * height)
    # Pixels are squares with their centre at .5, in the picture as in the frame.
    across = [step, 0, left + step * (1 - width) / 2 - 0.5]
    down = [0, step, top + step * (1 - height) / 2 - 0.5]
    return np.asarray(
        cv2.warpAffine(
            plane,
            np.array([across, down]),
            size,
            flags=how | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        np.uint8,
    )


def _cropped(pixels: Frame, size: tuple[int, int]) -> Frame:
    height, width = pixels.shape[:2]
    cover = min(width / size[0], height / size[1])
    across = min(width, math.ceil(LONGEST * cover * size[0]))
    down = min(height, math.ceil(LONGEST * cover * size[1]))
    left, top = (width - across) // 2, (height - down) // 2
    return pixels[top : top + down, left : left + across]


def _over_blur(pixels: Frame, size: tuple[int, int]) -> Frame:
    """Return the whole picture in the middle of a blur of itself of that size."""
    height, width = pixels.shape[:2]
    fit = min(size[0] / width, size[1] / height) / BESIDE
    picture = _scaled(pixels, (round(width * fit), round(height * fit)))
    whole = _blur(pixels, size)
    top, left = ((a - b) // 2 for a, b in zip(whole.shape[:2], picture.shape[:2], strict=True))
    whole[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return whole


def _blur(pixels: Frame, size: tuple[int, int]) -> Frame:
    """Return the picture's middle without any detail, and a little darker."""
    height, width = pixels.shape[:2]
    cover = min(width / size[0], height / size[1])
    across, down = round(cover * size[0]), round(cover * size[1])
    left, top = (width - across) // 2, (height - down) // 2
    small = BLURRED_PX / max(size)
    middle = _scaled(
        pixels[top : top + down, left : left + across],
        (round(size[0] * small), round(size[1] * small)),
    )
    light = cv2.GaussianBlur(cv2.LUT(middle, LINEAR), (0, 0), BLURRED_PX / 12)
    dim = CODED[(light * DIMMED).astype(np.uint16)].astype(np.float32)
    return np.rint(cv2.resize(dim, size, interpolation=cv2.INTER_CUBIC)).astype(np.uint8)


def _scaled(pixels: Frame, size: tuple[int, int]) -> Frame:
    how = cv2.INTER_AREA if size[0] < pixels.shape[1] else cv2.INTER_LANCZOS4
    return np.asarray(cv2.resize(pixels, size, interpolation=how), np.uint8)


def _planes(pixels: Frame) -> list[Frame]:
    light, *colours = cv2.split(cv2.transform(pixels, BT709))
    half = (pixels.shape[1] // 2, pixels.shape[0] // 2)
    halved = [cv2.resize(plane, half, interpolation=cv2.INTER_AREA) for plane in colours]
    return [np.asarray(plane, np.uint8) for plane in (light, *halved)]


def _planar(planes: list[Frame]) -> Frame:
    return np.concatenate([plane.reshape(-1) for plane in planes])
