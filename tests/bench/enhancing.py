"""Enhancing a photograph: processor and memory, beside the same OpenCV calls bare.

Memory is that of a process of its own for each size, as the system tells its most.
"""

import io
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from media.gateways import balance
from media.gateways.develop import MARGIN_ROWS, PROXY_PX, STRIP_ROWS
from media.gateways.geometry import WORK_PX, shrunk
from media.gateways.local import QUALITY, LocalEngine
from photographs.figures import Pixels
from photographs.made import photo

TEMPLATE = "professional-lighting"
SAMPLE = "5853819"
HIGH_WATER = re.compile(r"VmHWM:\s+([0-9]+) kB")


def contest(megapixels: float) -> Mapping[str, Callable[[], float]]:
    """Return who contests: seconds of processor for one photograph of that size."""
    pixels = sample(megapixels)
    return {
        "ours": partial(_seconds, lambda: enhanced(pixels)),
        "opencv": partial(_seconds, lambda: bare(pixels)),
    }


def _seconds(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def sample(megapixels: float) -> Pixels:
    """Return a photograph of that size, in the shape 3:4."""
    width, height = round((megapixels * 0.75e6) ** 0.5), round((megapixels / 0.75 * 1e6) ** 0.5)
    drawn = cv2.resize(photo(SAMPLE, 2880), (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(drawn, np.uint8)


def enhanced(pixels: Pixels) -> bytes:
    """Return what the engine makes of it."""
    engine = LocalEngine(lambda _: pixels, Path())
    return engine.enhance(b"", "", TEMPLATE, lambda *_: None).content


def bare(pixels: Pixels) -> bytes:
    """Make the calls that enhancing rests on, with nothing of ours between them."""
    height, width = pixels.shape[:2]
    work, *_ = (shrunk(pixels, each) for each in (WORK_PX, PROXY_PX, balance.PROXY_PX))
    cv2.createLineSegmentDetector().detect(cv2.cvtColor(work, cv2.COLOR_RGB2GRAY))
    turned = cv2.warpPerspective(pixels, np.eye(3), (width, height), flags=cv2.INTER_CUBIC)
    table = np.arange(256, dtype=np.uint8)[:, None].repeat(3, axis=1).reshape(256, 1, 3)
    turned = cv2.LUT(turned, table)
    half = cv2.resize(turned, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    light, red, yellow = cv2.split(cv2.cvtColor(half.astype(np.float32) / 255, cv2.COLOR_RGB2Lab))
    red, yellow = (cv2.bilateralFilter(each, 9, 5, 4) for each in (red, yellow))
    curve, row = np.linspace(0, 1, 256, dtype=np.float32)[None], np.zeros_like(light)
    for _ in range(5):  # curves over lightness: factor, exposure twice, two tints
        cv2.remap(curve, light, row, cv2.INTER_LINEAR)  # far outside the table it would crash
    for _ in range(2):  # the guided filter's two planes
        cv2.resize(light[::4, ::4], (width // 2, height // 2), interpolation=cv2.INTER_LINEAR)
    made = np.empty(pixels.shape, np.uint8)
    most = np.linspace(0, 100, 129, dtype=np.float32)[None].repeat(65, axis=0)
    for top in range(0, height, STRIP_ROWS):
        strip = turned[top : top + STRIP_ROWS + MARGIN_ROWS]
        rows = slice(top // 2, (top + len(strip)) // 2)
        size = (width, len(strip))
        _, _, a, b = (cv2.resize(each[rows], size) for each in (light, light, red, yellow))
        lit = cv2.extractChannel(cv2.cvtColor(strip, cv2.COLOR_RGB2Lab), 0).astype(np.float32)
        sharp = cv2.addWeighted(lit, 1.4, cv2.GaussianBlur(lit, (0, 0), 1.2), -0.4, 0)
        rolled = cv2.exp(lit * np.float32(-0.01))
        chroma, hue = cv2.cartToPolar(a, b)
        cv2.remap(most, hue, chroma, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        colours = cv2.cvtColor(cv2.merge([sharp + rolled, a, b]), cv2.COLOR_Lab2RGB)
        made[top : top + STRIP_ROWS] = cv2.convertScaleAbs(colours, alpha=255)[:STRIP_ROWS]
    content = io.BytesIO()
    Image.fromarray(made).save(content, "JPEG", quality=QUALITY, subsampling="4:4:4")
    return content.getvalue()


def peak_bytes_a_pixel(megapixels: float) -> float:
    """Return the most memory that a process takes more than before, a pixel."""
    told = subprocess.run(  # our own module
        [sys.executable, "-c", f"from bench import enhancing; enhancing.peak({megapixels})"],
        capture_output=True,
        check=True,
        text=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    return float(told.stdout)


def peak(megapixels: float) -> None:
    """Print by how many bytes a pixel one photograph, read and enhanced, raised the most."""
    enhanced(sample(0.1))  # what is made ready once
    Path("/proc/self/clear_refs").write_text("5")  # forgets the most so far: a file was decoded
    before = _most_bytes()
    pixels = sample(megapixels)
    enhanced(pixels)
    print((_most_bytes() - before) / pixels[..., 0].size)


def _most_bytes() -> int:
    """Return this process's high water; what `getrusage` says, a process inherits."""
    found = HIGH_WATER.search(Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) * 1024
