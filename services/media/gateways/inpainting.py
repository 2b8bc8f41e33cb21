"""What a mask marks, taken out of a picture: the hole is filled from what lies around it.

PatchMatch (Barnes et al., SIGGRAPH 2009) fills a copy in which the hole is small: the larger a
patch is beside it, the better lines and patterns go on. What the copy has lost is put back after.
"""

import signal
import subprocess  # noqa: S404 - for the name of its timeout: `child` starts the filler
import sys
from collections.abc import Callable
from math import ceil, sqrt
from pathlib import Path

import cv2
import numpy as np

from chassis.errors import Internal, Rejected, Unavailable
from gateways.child import child
from gateways.pictures import Limits, Pixels
from gateways.work_folder import scratch
from media.gateways.detail import enlarged
from media.gateways.engine import Report
from media.gateways.holes import Mask, areas, around, narrow
from media.gateways.masks import mask_of

SEED = 1
HOLE_PX = 90  # the side of a square as large as a hole that is filled well
COPY_PX = 300_000  # at most, of all that is shown to PatchMatch
FLOW_PX = 3  # how far around a narrow hole its filling looks
LIMITS = Limits(memory_bytes=1024**3, cpu_s=30, wait_s=120)
FILLER = Path(__file__).with_name("filler.py")  # run, and imported by nobody


def removed(
    decode: Callable[[bytes], Pixels],
    image: bytes,
    mask: bytes,
    mode: str,
    work: Path,
    report: Report,
) -> Pixels:
    """Return a picture's pixels without what the mask's file marks; see `inpaint`.

    `decode` returns a picture's pixels, as displayed, in sRGB.

    Raises:
        Rejected: media.needs_generative_engine, where `mode` is not 'remove'; and see `mask_of`.
        Invalid: what `decode` raises.
        Unavailable: media.inpainting_timeout.
    """
    if mode != "remove":
        raise Rejected("media.needs_generative_engine", "this engine can remove, and not add")
    cv2.setNumThreads(1)  # a worker runs as many jobs at once as it has cores
    report(50, "processing")
    pixels = decode(image)
    height, width = pixels.shape[:2]
    marked = mask_of(decode(mask), width, height)
    report(60, "processing")
    pixels = inpaint(pixels, marked, work)
    report(80, "processing")
    return pixels


def inpaint(pixels: Pixels, mask: Mask, work: Path, seed: int = SEED) -> Pixels:
    """Return the picture with what `mask` marks (True) filled; the same input gives the same.

    Outside the mask no pixel changes. `work`: the folder that PatchMatch runs below.

    Raises:
        Unavailable: media.inpainting_timeout, where this machine could not do it in time.
    """
    thin = narrow(mask)
    filled = _flowed(pixels, thin)
    wide = mask & ~thin
    for area in areas(wide):
        hole = wide[area]
        filled[area][hole] = _matched(filled[area], hole, work, seed)[hole]
    return filled


def _flowed(pixels: Pixels, hole: Mask) -> Pixels:
    """Return the picture with narrow holes filled from edge to edge, by Navier-Stokes."""
    filled = pixels.copy()
    if hole.any():
        area = around(hole, 2 * FLOW_PX)
        marks = hole[area].astype(np.uint8)
        flowed = cv2.inpaint(filled[area], marks, FLOW_PX, cv2.INPAINT_NS)
        filled[area][hole[area]] = flowed[hole[area]]
    return filled


def _matched(pixels: Pixels, hole: Mask, work: Path, seed: int) -> Pixels:
    """Return a part of the picture with its holes filled by PatchMatch."""
    height, width = hole.shape
    scale = ceil(max(1, sqrt(hole.sum()) / HOLE_PX, sqrt(hole.size / COPY_PX)))
    more = ((0, -height % scale), (0, -width % scale))
    pixels, hole = np.pad(pixels, (*more, (0, 0)), "edge"), np.pad(hole, more, "edge")
    size = (pixels.shape[1] // scale, pixels.shape[0] // scale)
    coarse = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    holes = np.asarray(hole.reshape(size[1], scale, size[0], scale).any((1, 3)))
    filled = _filled_apart(coarse, holes, work, seed)
    return enlarged(filled, coarse, holes, pixels, seed)[:height, :width]


def _filled_apart(pixels: Pixels, holes: Mask, work: Path, seed: int) -> Pixels:
    """Return what PatchMatch fills, in a process of its own: it is native code."""
    bounds = (LIMITS.memory_bytes, LIMITS.cpu_s, *holes.shape, seed)
    command = [sys.executable, "-I", str(FILLER), *map(str, bounds)]
    sent = np.dstack([pixels, holes.astype(np.uint8)]).tobytes()
    with (
        scratch(work) as folder,
        child(command, folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as filler,
    ):
        try:
            told, _ = filler.communicate(sent, timeout=LIMITS.wait_s)
        except subprocess.TimeoutExpired:
            raise _too_slow() from None
    if filler.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise _too_slow()
    if filler.returncode:
        raise Internal("media.inpainting_failed", f"the filler ended with {filler.returncode}")
    return np.frombuffer(told, np.uint8).reshape(pixels.shape)


def _too_slow() -> Unavailable:
    return Unavailable("media.inpainting_timeout", "filling the picture took too long")
