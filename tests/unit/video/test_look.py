"""What is laid over a film and shown at its end: it fits, and can be read."""

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from chassis.errors import Invalid
from video.gateways.engine import SIZES
from video.gateways.look import end_card, logo_overlay

SHAPES = [(width // 3, height // 3) for width, height in SIZES.values()]  # for speed
WIDE = SHAPES[0]


def logo(colour: str, size: tuple[int, int] = (600, 200)) -> bytes:
    """Return a frame of that colour, with much that is clear around it."""
    picture = Image.new("RGBA", (size[0] + 400, size[1] + 400))
    frame = (200, 200, 199 + size[0], 199 + size[1])
    ImageDraw.Draw(picture).rectangle(frame, outline=colour, width=30)
    return png(picture)


def png(picture: Image.Image) -> bytes:
    content = io.BytesIO()
    picture.save(content, "PNG")
    return content.getvalue()


def card(name: str, colour: str | None = None, **changed: object) -> NDArray[np.int64]:
    """Return the pixels of a wide film's card."""
    asked = {"size": WIDE, "logo": None, **changed}
    made = end_card(name=name, colour=colour, **asked)  # type: ignore[arg-type]
    with Image.open(io.BytesIO(made)) as picture:
        assert (picture.mode, picture.size) == ("RGB", asked["size"])
        return np.asarray(picture, int)


def box(marked: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """Return the columns and rows from and to which something is marked."""
    across, down = (np.flatnonzero(marked.any(axis=axis)) for axis in (0, 1))
    return int(across[0]), int(across[-1]), int(down[0]), int(down[-1])


@pytest.mark.parametrize("size", SHAPES)
@pytest.mark.parametrize("shape", [(600, 200), (100, 900)])
def test_a_logo_stands_small_in_the_lower_right_within_what_every_screen_shows(
    size: tuple[int, int], shape: tuple[int, int]
) -> None:
    with Image.open(io.BytesIO(logo_overlay(size, logo("#c81e1e", shape)))) as layer:
        assert (layer.mode, layer.size) == ("RGBA", size)
        red = (np.asarray(layer)[..., 3] > 200) & (np.asarray(layer)[..., 1] < 100)
    left, right, top, bottom = box(red)
    assert right - left < 0.12 * size[0]
    assert bottom - top < 0.08 * size[1]
    margin = round(min(size) * 0.05)
    assert abs(size[0] - 1 - right - margin) <= 2
    assert abs(size[1] - 1 - bottom - margin) <= 2


@pytest.mark.parametrize("colour", ["white", "#0b1220"])
@pytest.mark.parametrize("behind", ["white", "black"])
def test_a_logo_is_seen_on_bright_and_on_dark(colour: str, behind: str) -> None:
    layer = Image.open(io.BytesIO(logo_overlay(WIDE, logo(colour))))
    film = Image.new("RGBA", WIDE, behind)
    shown = np.asarray(Image.alpha_composite(film, layer).convert("L"), int)
    assert np.ptp(shown) > 80


def test_a_name_is_shown_in_letters_that_norwegian_has() -> None:
    shown = {letter: card(letter).tobytes() for letter in "ÆØÅæøå?"}
    assert len(set(shown.values())) == len(shown)


@pytest.mark.parametrize("colour", [None, "#000000", "#ffffff", "#777777", "#FDE047", "#14532d"])
def test_a_name_can_be_read_on_any_colour(colour: str | None) -> None:
    pixels = card("Ærlig", colour)
    ground = pixels[0, 0]
    ink = pixels.reshape(-1, 3)[np.abs(pixels - ground).sum(axis=2).argmax()]
    darker, lighter = sorted(light(each) for each in (ground, ink))
    assert (lighter + 0.05) / (darker + 0.05) > 4.5
    if colour:
        assert ground.tolist() == list(bytes.fromhex(colour[1:]))


def light(colour: NDArray[np.int64]) -> float:
    part = colour / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


@pytest.mark.parametrize("size", SHAPES)
@pytest.mark.parametrize(
    "name",
    ["Bo", "Næss & Øvergård Eiendomsmegling Sørlandet og omegn", "Ord " * 60, "Eiendom" * 20],
)
@pytest.mark.parametrize("marked", [False, True])
def test_a_name_of_any_length_stays_on_the_card_in_the_middle(
    size: tuple[int, int], name: str, marked: bool
) -> None:
    pixels = card(name, "#ffffff", size=size, logo=logo("#c81e1e") if marked else None)
    left, right, top, bottom = box(np.asarray((pixels < 128).any(axis=2)))
    assert left >= 0.09 * size[0]
    assert right <= 0.91 * size[0]
    assert abs(left - (size[0] - 1 - right)) < 0.02 * size[0]
    assert abs(top - (size[1] - 1 - bottom)) < 0.08 * size[1]


def test_a_card_without_a_name_shows_the_logo_alone() -> None:
    pixels = card("", "#ffffff", logo=logo("#c81e1e"))
    red = (pixels[..., 1] < 128).nonzero()
    assert np.abs(np.mean(red, axis=1) - (WIDE[1] / 2, WIDE[0] / 2)).max() < 3


@pytest.mark.parametrize(
    "content",
    [
        b"no picture",
        png(Image.new("RGBA", (20, 20))),
        png(Image.new("L", (2500, 2000))),
        logo("red")[:300],
    ],
    ids=["text", "clear", "large", "cut"],
)
def test_what_is_no_logo_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match=r"video\.bad_logo"):
        logo_overlay(WIDE, content)
    with pytest.raises(Invalid, match=r"video\.bad_logo"):
        end_card(WIDE, name="Bo", colour=None, logo=content)
