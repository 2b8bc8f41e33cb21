"""A film on one page: a frame a second, with its time."""

import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from PIL import Image, ImageDraw

COLUMNS, CELL_PX, TEXT_PX = 8, 240, 18


def sheet(film: Path) -> Image.Image:
    """Return the page; the longer side of a frame has 240 pixels."""
    frames = _frames(film)
    high, wide = frames[0].shape[:2]
    rows = -(-len(frames) // COLUMNS)
    page = Image.new("RGB", (COLUMNS * wide, rows * (high + TEXT_PX)), "white")
    draw = ImageDraw.Draw(page)
    for second, frame in enumerate(frames):
        x, y = second % COLUMNS * wide, second // COLUMNS * (high + TEXT_PX)
        page.paste(Image.fromarray(frame), (x, y))
        draw.text((x + 3, y + high + 2), f"{second // 60}:{second % 60:02}", fill="black")
    return page


def _frames(film: Path) -> list[np.ndarray]:
    reader = imageio_ffmpeg.read_frames(str(film))
    wide, high = next(reader)["size"]
    reader.close()
    scale = CELL_PX / max(wide, high)
    size = (round(wide * scale / 2) * 2, round(high * scale / 2) * 2)
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        *("-nostdin", "-loglevel", "error", "-i", str(film)),
        *("-vf", f"fps=1,scale={size[0]}:{size[1]}:flags=area"),
        *("-pix_fmt", "rgb24", "-f", "rawvideo", "-"),
    ]
    raw = subprocess.run(command, check=True, capture_output=True).stdout  # noqa: S603 - a film that was just made
    return list(np.frombuffer(raw, np.uint8).reshape(-1, size[1], size[0], 3))
