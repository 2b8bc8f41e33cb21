"""What is measured in a film: figures that say whether it is seen as one."""

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]  # rows of a frame's brightness
Floats = NDArray[np.float64]

SMALLER = 2  # times, for following what moves
WINDOW = {"winSize": (31, 31), "maxLevel": 3}


def frames(film: Path, size: tuple[int, int]) -> Iterator[Grey]:
    """Yield the brightness of every frame; `size` is width and height in pixels."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-loglevel", "error", "-i", str(film)]
    command += ["-map", "0:v:0", "-pix_fmt", "yuv420p", "-f", "rawvideo", "-"]
    width, height = size
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        while len(raw := process.stdout.read(width * height * 3 // 2)) == width * height * 3 // 2:
            yield np.frombuffer(raw, np.uint8)[: width * height].reshape(height, width)


def motion(one: Grey, other: Grey) -> Floats | None:
    """Return the similarity (2 by 3) that takes a frame to the next; None where nothing is seen."""
    small = [
        cv2.resize(each, None, fx=1 / SMALLER, fy=1 / SMALLER, interpolation=cv2.INTER_AREA)
        for each in (one, other)
    ]
    points = cv2.goodFeaturesToTrack(small[0], 400, 0.003, 8)
    if points is None:
        return None
    moved, found, _ = cv2.calcOpticalFlowPyrLK(*small, points, None, **WINDOW)  # type: ignore[call-overload]
    kept = found.ravel() == 1
    if kept.sum() < 8:
        return None
    matrix, _ = cv2.estimateAffinePartial2D(
        points[kept], moved[kept], ransacReprojThreshold=0.15, maxIters=500, confidence=0.999
    )
    if matrix is None:
        return None
    matrix[:, 2] *= SMALLER  # pixels of the frame, whose centres lie at .5
    return np.asarray(matrix, np.float64)


def speeds(film: Path, size: tuple[int, int]) -> Floats:
    """Return how far what is seen moves from each frame to the next, in pixels on average."""
    width, height = size
    across, down = np.meshgrid(np.linspace(0, width, 9), np.linspace(0, height, 9))
    places = np.stack([across.ravel(), down.ravel(), np.ones(81)])
    found, before = [], None
    for frame in frames(film, size):
        if before is not None:
            matrix = motion(before, frame)
            moved = np.full((2, 81), np.nan) if matrix is None else matrix @ places - places[:2]
            found.append(float(np.hypot(*moved).mean()))
        before = frame
    return np.array(found)


def join_db(last: Grey, first: Grey) -> float:
    """Return the PSNR between two frames, once the motion between them is taken out."""
    height, width = last.shape
    start = np.eye(2, 3, dtype=np.float32)
    criteria = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 200, 1e-7)
    _, matrix = cv2.findTransformECC(
        first, last, start, cv2.MOTION_AFFINE, criteria, np.full_like(first, 255), 5
    )
    flags = cv2.INTER_LANCZOS4 | cv2.WARP_INVERSE_MAP
    moved = cv2.warpAffine(last.astype(np.float32), matrix, (width, height), flags=flags)
    inner = (slice(height // 20, -height // 20), slice(width // 20, -width // 20))
    wrong = float(np.mean((moved[inner] - first[inner]) ** 2))
    return float(10 * np.log10(255**2 / max(wrong, 1e-9)))


def track(shown: Sequence[Grey]) -> Floats:
    """Return where the one bright disc is in every frame (x, y), to a fraction of a pixel."""
    found = []
    for frame in shown:
        bright = np.clip(frame.astype(np.float64) - 90, 0, None)  # more than the wall behind it
        across, down = bright.sum(axis=0), bright.sum(axis=1)
        middle = [each @ np.arange(len(each)) / each.sum() for each in (across, down)]
        found.append(middle)
    return np.array(found)


def jitter(path: Floats) -> Floats:
    """Return how far (px) each place of a track, 5 frames from its ends, is from a smooth way."""
    steps = np.arange(-5, 6)
    middle: Sequence[float] = np.linalg.pinv(np.vander(steps, 4))[-1]  # a cubic's value at 0
    smooth = np.stack([np.convolve(each, middle[::-1], "valid") for each in path.T], axis=1)
    return np.asarray(np.hypot(*(path[5:-5] - smooth).T))


def shake(path: Floats) -> float:
    """Return the mean change of velocity of what was tracked, in px a frame a frame."""
    return float(np.hypot(*np.diff(path, 2, axis=0).T).mean())


def steps_back(path: Floats) -> int:
    """Return how often what was tracked went against its way."""
    way = path[-1] - path[0]
    return int((np.diff(path, axis=0) @ way < 0).sum())
