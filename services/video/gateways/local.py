"""The local engine: the still, seen by a moving camera, drawn frame by frame."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from gateways.work_folder import scratch
from video.gateways.camera import (
    DOLLY_IN,
    TIGHTEST,
    WIDEST,
    View,
    between,
    eased,
    framing,
    inside,
    move_for,
)
from video.gateways.engine import FPS, Control, Piece, fingerprint, size_of
from video.gateways.ffmpeg import CONTAINER, PICTURE, RATE, SOUND, TAGS, Frame, run, source
from video.gateways.probe import verified

PUSH = 1.2  # how much a transition zooms into the first picture
# RGB to Y'CbCr of BT.709, video range.
BT709 = np.array(
    [
        [0.18259, 0.61423, 0.06201, 16.0],
        [-0.10064, -0.33857, 0.43922, 128.0],
        [0.43922, -0.39894, -0.04027, 128.0],
    ]
)
SILENCE = f"anullsrc=r={RATE}:cl=stereo"


class LocalEngine:
    """Makes every piece on this machine, of nothing but the photographs; see `Engine`."""

    name = "local"

    def __init__(self, decode: Callable[[bytes], Frame]) -> None:
        """`decode` returns a picture's pixels, as displayed, in sRGB; raises `Invalid`."""
        self.decode = decode

    def clip(
        self,
        image: Path,
        out: Path,
        *,
        room_type: str,
        seconds: int,
        aspect_ratio: str,
        native_audio: bool,
        control: Control,
    ) -> Piece:
        """Make a clip: one slow move, with a quiet room tone if `native_audio`, else silent."""
        still = self._still(image, size_of(aspect_ratio))
        views = framing(move_for(room_type), still.reach)
        frames = (still.seen(between(views, at)) for at in eased(seconds))
        sound = _room_tone(seconds) if native_audio else SILENCE
        return _written(frames, still.size, seconds, sound, out, control)

    def transition(
        self,
        first: Path,
        second: Path,
        out: Path,
        *,
        seconds: int,
        aspect_ratio: str,
        control: Control,
        rooms: tuple[str, str] | None = None,
    ) -> Piece:
        """Make a transition: the camera moves on into the first picture, which dissolves."""
        stills = [self._still(path, size_of(aspect_ratio)) for path in (first, second)]
        moves = [move_for(room) for room in rooms] if rooms else [DOLLY_IN] * 2
        leaves = framing(moves[0], stills[0].reach)[1]
        arrives = framing(moves[1], stills[1].reach)[0]
        into = (leaves, replace(leaves, zoom=leaves.zoom * PUSH))
        onto = (inside(replace(arrives, zoom=arrives.zoom / WIDEST), stills[1].reach), arrives)
        frames = _dissolve(stills[0], into, stills[1], onto, seconds)
        return _written(frames, stills[0].size, seconds, SILENCE, out, control)

    def _still(self, path: Path, size: tuple[int, int]) -> "Still":
        return Still(_cropped(self.decode(path.read_bytes()), size), size)


class Still:
    """A photograph, ready to be looked at: planes of Y', Cb and Cr, sharp at the tightest zoom."""

    def __init__(self, pixels: Frame, size: tuple[int, int]) -> None:
        self.size = size
        cover = min(pixels.shape[1] / size[0], pixels.shape[0] / size[1])
        self.reach = (pixels.shape[1] / size[0] / cover, pixels.shape[0] / size[1] / cover)
        # Enlarged once and well here, so that each frame only needs a quick interpolation.
        width, height = (
            round(r * n * TIGHTEST / 2) * 2 for r, n in zip(self.reach, size, strict=True)
        )
        how = cv2.INTER_AREA if cover > TIGHTEST else cv2.INTER_LANCZOS4
        coloured = cv2.transform(cv2.resize(pixels, (width, height), interpolation=how), BT709)
        half = (width // 2, height // 2)
        light, *colours = cv2.split(coloured)
        halved = [cv2.resize(plane, half, interpolation=cv2.INTER_AREA) for plane in colours]
        self.planes = [light, *halved]

    def seen(self, view: View) -> Frame:
        """Return what the camera sees, to a fraction of a pixel, as planar 4:2:0."""
        width, height = self.size
        frame = np.empty(width * height * 3 // 2, np.uint8)
        begin = 0
        for plane, part in zip(self.planes, (1, 2, 2), strict=True):
            w, h = width // part, height // part
            scale = TIGHTEST / view.zoom
            left, top = (view.x * TIGHTEST * w, view.y * TIGHTEST * h)
            # Pixels are squares with their centre at .5, in the picture as in the frame.
            across = [scale, 0, left + scale * (1 - w) / 2 - 0.5]
            down = [0, scale, top + scale * (1 - h) / 2 - 0.5]
            frame[begin : begin + w * h] = cv2.warpAffine(
                plane,
                np.array([across, down]),
                (w, h),
                # The eye sees detail in brightness alone; cubic costs three times linear.
                flags=(cv2.INTER_CUBIC if part == 1 else cv2.INTER_LINEAR) | cv2.WARP_INVERSE_MAP,
                borderMode=cv2.BORDER_REPLICATE,
            ).reshape(-1)
            begin += w * h
        return frame


def _cropped(pixels: Frame, size: tuple[int, int]) -> Frame:
    """Return the middle of a photograph (RGB), at most three frames long."""
    height, width = pixels.shape[:2]
    cover = min(width / size[0], height / size[1])
    across = min(width, math.ceil(3 * cover * size[0]))
    down = min(height, math.ceil(3 * cover * size[1]))
    left, top = (width - across) // 2, (height - down) // 2
    return pixels[top : top + down, left : left + across]


def _dissolve(
    first: Still,
    into: tuple[View, View],
    second: Still,
    onto: tuple[View, View],
    seconds: int,
) -> Iterator[Frame]:
    steps = list(eased(seconds))
    for index, at in enumerate(steps):
        share = min(max(2 * index / (len(steps) - 1) - 0.5, 0.0), 1.0)  # the middle half
        share = share * share * (3 - 2 * share)
        if share in (0.0, 1.0):
            yield second.seen(between(onto, at)) if share else first.seen(between(into, at))
            continue
        old, new = first.seen(between(into, at)), second.seen(between(onto, at))
        yield np.asarray(cv2.addWeighted(old, 1 - share, new, share, 0), np.uint8).reshape(-1)


def _room_tone(seconds: int) -> str:
    """Return a filter graph of soft air noise, unlike left and right, from silence to silence."""
    noise = f"anoisesrc=c=brown:r={RATE}:a=0.03:d={seconds}:seed="
    fades = f"afade=t=in:d=0.4,afade=t=out:st={seconds - 0.4}:d=0.4"
    return f"{noise}1[l];{noise}2[r];[l][r]join,lowpass=f=500,highpass=f=60,{fades}"


def _written(
    frames: Iterator[Frame],
    size: tuple[int, int],
    seconds: int,
    sound: str,
    out: Path,
    control: Control,
) -> Piece:
    width, height = size
    raw = ["-pix_fmt", "yuv420p", "-s", f"{width}x{height}", "-r", str(FPS)]
    inputs = [*source("rawvideo", "pipe:0", *raw), *source("lavfi", sound)]
    chosen = ["-map", "0:v:0", "-map", "1:a:0", "-vf", TAGS, "-t", str(seconds)]
    with scratch(out.parent) as folder:
        piece = folder / "piece.mp4"
        arguments = [*inputs, *chosen, *PICTURE, *SOUND, *CONTAINER, piece.name]
        run(folder, arguments, control, frames=frames, expected=seconds * FPS)
        made = verified(piece, size, seconds * 1000, 1000 // FPS, control)
        sha256, length = fingerprint(piece)
        piece.replace(out)
    return Piece(
        duration_ms=made.duration_ms, width=width, height=height, sha256=sha256, size=length
    )
