"""Six things that somebody would take out of a photograph, marked as roughly as a hand does it."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from media.gateways.inpainting import inpaint
from photographs import made
from photographs.sheet import Inpainted

# photograph; middle and half the size, as shares of its width and height
THINGS = (
    ("1317558", 0.42, 0.32, 0.34, 0.05),  # a neon sign
    ("36030587", 0.785, 0.435, 0.12, 0.07),  # a television
    ("36030587", 0.405, 0.125, 0.09, 0.06),  # a lamp in the ceiling
    ("2416933", 0.372, 0.275, 0.055, 0.16),  # two small pictures
    ("2416933", 0.545, 0.25, 0.075, 0.18),  # a larger one
    ("3965508", 0.81, 0.64, 0.10, 0.06),  # vases
)
LONGEST_PX = 960


def removals() -> Iterator[Inpainted]:
    """Yield them, each with what was marked and what became of it."""
    with TemporaryDirectory() as work:
        for name, across, down, wide, high in THINGS:
            before = made.photo(name, LONGEST_PX)
            height, width = before.shape[:2]
            mask = np.zeros((height, width), np.uint8)
            rows = slice(int((down - high) * height), int((down + high) * height))
            mask[rows, int((across - wide) * width) : int((across + wide) * width)] = 255
            after = inpaint(before, mask > 0, Path(work))
            yield Inpainted(before=before, mask=mask, after=after)
