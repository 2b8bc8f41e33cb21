"""The contact sheet: a row a photograph, before and by each template, figures under each.

Below them the inpaintings, before, mask and after.
"""

import io
from collections.abc import Iterable, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from chassis.domain import value
from photographs.figures import Pixels, cast, clipped, light, sharpness, small

CELL_PX = 210  # a picture's longest side
TEXT_PX = 12
TEXT_WIDTH_PX = 165
ROOM_PX = 2 * TEXT_PX + 6  # for what stands under a picture
MAX_BYTES = 3_000_000
WHITE, GREY = (255, 255, 255), (60, 60, 60)


@value
class Cell:
    """A picture and what stands under it, two lines at most."""

    pixels: Pixels
    text: str


@value
class Inpainted:
    """A photograph, what was marked in it (0 or 255), and what became of it."""

    before: Pixels
    mask: Pixels
    after: Pixels


def described(name: str, pixels: Pixels) -> Cell:
    """Return a cell with the picture's figures: median L, cast, clipped, sharpness."""
    shown = small(pixels, 2 * CELL_PX)
    figures = f"L {light(shown):.0f} cast {cast(shown):.1f} clip {clipped(shown):.0%}"
    return Cell(pixels=shown, text=f"{name}\n{figures} sh {sharpness(shown):.1f}")


def marked(each: Inpainted) -> Sequence[Cell]:
    """Return an inpainting's row."""
    mask = np.repeat(each.mask[..., None], 3, axis=2) if each.mask.ndim == 2 else each.mask
    return [
        described("before", each.before),
        Cell(pixels=small(mask, 2 * CELL_PX), text="mask"),
        described("after", each.after),
    ]


def sheet(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return the rows as one JPEG in sRGB of at most 3 MB."""
    drawn = [_row(row) for row in rows]
    width = max(row.width for row in drawn)
    page = Image.new("RGB", (width, sum(row.height for row in drawn)), WHITE)
    top = 0
    for row in drawn:
        page.paste(row, (0, top))
        top += row.height
    for quality in range(90, 30, -8):
        content = io.BytesIO()
        page.save(content, "JPEG", quality=quality)
        if content.tell() <= MAX_BYTES:
            return content.getvalue()
    raise AssertionError("the sheet is too large for any quality")


def _row(cells: Sequence[Cell]) -> Image.Image:
    pictures = [Image.fromarray(small(cell.pixels, CELL_PX)) for cell in cells]
    height = max(picture.height for picture in pictures) + ROOM_PX
    width = max(TEXT_WIDTH_PX, *(picture.width for picture in pictures)) + 8
    row = Image.new("RGB", (len(cells) * width, height), WHITE)
    pen, font = ImageDraw.Draw(row), ImageFont.load_default(TEXT_PX - 2)
    for n, (cell, picture) in enumerate(zip(cells, pictures, strict=True)):
        left = n * width
        row.paste(picture, (left, 0))
        pen.multiline_text((left, picture.height + 1), cell.text, GREY, font, spacing=1)
    return row
