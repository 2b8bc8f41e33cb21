"""What a film has beyond its pieces: a logo over them, a card at its end, a thumbnail."""

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from chassis.errors import Invalid, Rejected
from gateways.work_folder import scratch
from video.gateways.engine import FPS, Control, size_of
from video.gateways.ffmpeg import (
    CONTAINER,
    MAX_PIXELS,
    PICTURE,
    RATE,
    SOUND,
    TAGS,
    Failed,
    Frame,
    link,
    run,
    source,
)
from video.gateways.index import Pictures
from video.gateways.probe import as_asked

CARD_MS = 3000
ENCODED = [*PICTURE, "-maxrate", "6M", "-bufsize", "12M"]  # what telephones play without waiting
BT709 = "out_color_matrix=bt709:out_range=tv"
THUMBNAIL_PX, QUALITY = 640, 88
NEAR_MS, WINDOW_MS = 1000, 400  # the last frame that is looked at, and how long before it


def carded(card: Path, out: Path, aspect_ratio: str, control: Control) -> Pictures:
    """Make a silent piece of three seconds that shows a PNG; `out` lies in a scratch folder.

    Raises:
        Invalid: the picture cannot be read.
        Rejected: the piece is not what was asked.
        Unavailable: ffmpeg was killed.
    """
    width, height = size = size_of(aspect_ratio)
    fill = f"scale={width}:{height}:force_original_aspect_ratio=increase:{BT709}"
    shown = f"{fill},crop={width}:{height},format=yuv420p,fps={FPS},tpad=stop=-1:stop_mode=clone"
    with scratch(out.parent) as folder:
        opened = _opened(folder, card) + source("lavfi", f"anullsrc=r={RATE}:cl=stereo")
        chosen = ["-map", "0:v:0", "-map", "1:a:0", "-vf", f"{shown},{TAGS}"]
        made = folder / "card.mp4"
        lasts = ["-t", f"{CARD_MS / 1000:.3f}"]
        _read(folder, [*opened, *chosen, *lasts, *PICTURE, *SOUND, *CONTAINER, made.name], control)
        pictures = as_asked(made, size, CARD_MS, 1000 // FPS)
        made.replace(out)
    return pictures


def logo(folder: Path, picture: Path, aspect_ratio: str, control: Control) -> list[str]:
    """Read a PNG in the film's size, and return the arguments that open it; raises as `carded`."""
    width, height = size_of(aspect_ratio)
    fitted = f"scale={width}:{height},format=rgba"
    made = ["-vf", fitted, "-frames:v", "1", "-f", "image2", "-update", "1"]
    _read(folder, [*_opened(folder, picture), *made, "logo.png"], control)
    return source("png_pipe", "logo.png")


def marked(until_ms: int, number: int) -> list[str]:
    """Return the arguments that encode a film's pictures under the layer that is input `number`."""
    mark = f"[{number}:v:0]scale={BT709},format=yuva420p[logo]"
    place = f"enable='lt(t,{until_ms / 1000:.3f})'"
    return [
        *("-filter_complex", f"{mark};[0:v:0][logo]overlay={place},{TAGS}[shown]"),
        *("-map", "[shown]", *ENCODED),
    ]


def thumbnailed(
    film: Path, folder: Path, aspect_ratio: str, first_ms: int, control: Control
) -> Path:
    """Save a film's sharpest frame near one second, within its first piece, as a JPEG.

    The picture lies in `folder`; its longer side has 640 pixels.

    Raises:
        Rejected: the film cannot be decoded there.
        Unavailable: ffmpeg was killed.
    """
    frames = _near_one_second(film, folder, aspect_ratio, first_ms, control)
    sharp = [cv2.Laplacian(cv2.cvtColor(each, cv2.COLOR_RGB2GRAY), cv2.CV_64F) for each in frames]
    still = folder / "still.jpg"
    best = frames[int(np.argmax([edges.var() for edges in sharp]))]
    Image.fromarray(best).save(still, "JPEG", quality=QUALITY)
    return still


def _near_one_second(
    film: Path, folder: Path, aspect_ratio: str, first_ms: int, control: Control
) -> Frame:
    """Return ten frames, or fewer of a short piece: number, rows, columns, RGB."""
    size = size_of(aspect_ratio)
    width, height = (side * THUMBNAIL_PX // max(size) for side in size)
    begin = max(0, min(NEAR_MS, first_ms) - WINDOW_MS)
    part = ["-ss", f"{begin / 1000:.3f}", "-t", f"{min(WINDOW_MS, first_ms) / 1000:.3f}"]
    opened = source("mov", link(folder, "film.mp4", film), *part, "-xerror", "-threads", "1")
    small = f"scale={width}:{height}:flags=area:in_color_matrix=bt709,format=rgb24"
    try:
        run(folder, [*opened, "-an", "-vf", small, "-f", "rawvideo", "frames.raw"], control)
    except Failed as error:
        message = "the film cannot be decoded"
        raise Rejected("video.bad_output", message, details=error.details) from None
    frames = np.fromfile(folder / "frames.raw", np.uint8).reshape(-1, height, width, 3)
    if not len(frames):
        raise Rejected("video.bad_output", "the film has no frames")
    return frames


def _opened(folder: Path, picture: Path) -> list[str]:
    return source("png_pipe", link(folder, "given.png", picture), "-max_pixels", MAX_PIXELS)


def _read(folder: Path, arguments: list[str], control: Control) -> None:
    try:
        run(folder, arguments, control)
    except Failed as error:
        message = "the logo or card cannot be read"
        raise Invalid("video.invalid_input", message, details=error.details) from None
