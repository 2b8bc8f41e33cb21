"""The contact sheet of a film: a frame a second, joins marked, below them the speed."""

import io
import subprocess
from collections.abc import Iterator, Sequence

import imageio_ffmpeg
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from films.figures import Floats
from films.made import Part, size
from video.gateways.engine import FPS

CELL_PX, TEXT_PX, COLUMNS = 200, 16, 10
CURVE_PX = 160
WHITE, GREY, RED, BLUE = (255, 255, 255), (60, 60, 60), (200, 40, 40), (30, 80, 160)


def sheet(parts: Sequence[Part], aspect_ratio: str, speed: Floats) -> bytes:
    """Return a JPEG; `speed` is that of each frame, in pixels."""
    width, height = size(aspect_ratio)
    cell = (CELL_PX, CELL_PX * height // width)
    cells = list(_cells(parts, cell))
    rows = -(-len(cells) // COLUMNS)
    page = Image.new("RGB", (COLUMNS * CELL_PX, rows * (cell[1] + TEXT_PX) + CURVE_PX), WHITE)
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(TEXT_PX - 4)
    for number, (picture, text) in enumerate(cells):
        x, y = number % COLUMNS * CELL_PX, number // COLUMNS * (cell[1] + TEXT_PX)
        page.paste(picture, (x, y))
        draw.text((x + 2, y + cell[1]), text, fill=RED if "join" in text else GREY, font=font)
    _curve(draw, page.size, parts, speed)
    content = io.BytesIO()
    page.save(content, "JPEG", quality=82)
    return content.getvalue()


def _cells(parts: Sequence[Part], cell: tuple[int, int]) -> Iterator[tuple[Image.Image, str]]:
    at = 0.0
    for part in parts:
        for picture in _pictures(part, cell):
            yield picture, f"{at:.1f} s  {part.name or 'join'}"
            at += 1 if part.name else part.seconds


def _pictures(part: Part, cell: tuple[int, int]) -> Iterator[Image.Image]:
    """Yield a frame of each second of a clip, the middle one of a transition."""
    small = f"scale={cell[0]}:{cell[1]}:flags=area"
    wanted = "fps=1" if part.name else f"select=eq(n\\,{round(part.seconds * FPS / 2)})"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-loglevel", "error"]
    command += ["-i", str(part.path), "-vf", f"{wanted},{small}"]
    command += [
        "-pix_fmt",
        "rgb24",
        *(() if part.name else ("-frames:v", "1")),
        "-f",
        "rawvideo",
        "-",
    ]
    raw = subprocess.run(command, check=True, capture_output=True).stdout
    for pixels in np.frombuffer(raw, np.uint8).reshape(-1, cell[1], cell[0], 3):
        yield Image.fromarray(pixels)


def _curve(
    draw: ImageDraw.ImageDraw, page: tuple[int, int], parts: Sequence[Part], speed: Floats
) -> None:
    """Draw the speed over the film's time: a stop reaches the ground."""
    ground, highest = page[1] - 8, float(speed.max())
    across = np.linspace(0, page[0] - 1, len(speed))
    for part in np.cumsum([part.seconds for part in parts])[:-1]:
        x = float(part) / sum(part.seconds for part in parts) * page[0]
        draw.line((x, ground - CURVE_PX + 24, x, ground), fill=RED)
    draw.line((0, ground, page[0], ground), fill=GREY)
    down = ground - speed / highest * (CURVE_PX - 24)
    draw.line(list(zip(across.tolist(), down.tolist(), strict=True)), fill=BLUE, width=2)
