"""Pictures that are laid over a film or shown at its end: a workspace's logo, and its card."""

import io

import cv2
import numpy as np
from PIL import Image, ImageFilter

from chassis.errors import Invalid

SAFE = 0.05  # of the shorter side: what some screens cut off
LOGO_WIDTH, LOGO_HEIGHT = 0.12, 0.08  # at most, of the film's width and height
SHADE = 0.6  # how dark the shadow of a bright logo is, or how bright the glow round a dark one
BRIGHT = 96  # the mean grey from which on a logo is a bright one
CARD_LOGO = 0.36, 0.30  # at most, of the card's width and height
GAP = 0.07  # between logo and name, of the shorter side
LETTERS, LEAST = 0.085, 0.04  # a name's size, of the shorter side; a longer one gets smaller
LINES, LEADING, WIDEST = 2, 1.3, 0.8  # of a name; its lines' height in letters, the card's share
WEIGHT = 450  # of the letters: 400 is regular, 600 half bold
PAPER = (247, 246, 243)  # where no colour is given
BLACK, WHITE = (0, 0, 0), (255, 255, 255)  # on any colour one of them has a contrast of 4.5
MAX_PIXELS = 4_000_000  # of a logo
MORE = "…"

Colour = tuple[int, int, int]


def logo_overlay(size: tuple[int, int], logo: bytes) -> bytes:
    """Return a PNG (RGBA) of a film's `size` (pixels), clear but for the logo, lower right.

    A soft shadow, or a glow if the logo is dark, lets it be seen on bright and on dark. Raises
    `Invalid` (video.bad_logo) for what is no PNG or JPEG, is too large, or shows nothing.
    """
    mark = _fitted(_opened(logo), (size[0] * LOGO_WIDTH, size[1] * LOGO_HEIGHT))
    margin = round(min(size) * SAFE)
    layer = Image.new("RGBA", size)
    layer.paste(mark, (size[0] - margin - mark.width, size[1] - margin - mark.height))
    behind = Image.new("RGBA", size, "black" if _brightness(mark) >= BRIGHT else "white")
    behind.putalpha(_spread(layer.getchannel("A"), min(size) / 240))
    return _png(Image.alpha_composite(behind, layer))


def end_card(size: tuple[int, int], *, name: str, colour: str | None, logo: bytes | None) -> bytes:
    """Return a PNG (RGB) of a film's `size` (pixels): the colour, the logo, the name below it.

    `colour` is '#rrggbb'; the name is dark or light, whichever is read better on it, and smaller,
    in two lines or cut where it is long. Raises `Invalid` (video.bad_logo) as `logo_overlay` does.
    """
    ground = _colour(colour) if colour else PAPER
    card = Image.new("RGB", size, ground)
    ink = max((BLACK, WHITE), key=lambda each: _contrast(ground, each))
    lines, letters = _set(name, size)
    high = round(letters * LEADING * len(lines))
    y = (size[1] - high) // 2
    if logo is not None:
        mark = _fitted(_opened(logo), (size[0] * CARD_LOGO[0], size[1] * CARD_LOGO[1]))
        gap = round(min(size) * GAP) if lines else 0
        y -= (mark.height + gap) // 2
        card.paste(mark, ((size[0] - mark.width) // 2, y), mark)
        y += mark.height + gap
    return _png(_written(card, lines, letters, y, ink))


def _opened(logo: bytes) -> Image.Image:
    """Return a logo as RGBA, without what is clear around it."""
    try:
        with Image.open(io.BytesIO(logo), formats=("PNG", "JPEG")) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise Invalid("video.bad_logo", "a logo has at most 2 000 by 2 000 pixels")
            mark = picture.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise Invalid("video.bad_logo", "the logo is no picture") from None
    seen = mark.getchannel("A").getbbox()
    if seen is None:
        raise Invalid("video.bad_logo", "nothing of the logo can be seen")
    return mark.crop(seen)


def _fitted(mark: Image.Image, most: tuple[float, float]) -> Image.Image:
    scale = min(most[0] / mark.width, most[1] / mark.height)
    width, height = (max(1, round(side * scale)) for side in mark.size)
    # Alpha first multiplied in, or what is clear would lend its colour to the rim.
    return mark.convert("RGBa").resize((width, height), Image.Resampling.LANCZOS).convert("RGBA")


def _brightness(mark: Image.Image) -> float:
    grey, seen = (np.asarray(each, float) for each in (mark.convert("L"), mark.getchannel("A")))
    return float((grey * seen).sum() / seen.sum())


def _spread(alpha: Image.Image, soft: float) -> Image.Image:
    """Return a blur that is strong round thin strokes as well."""
    wide = alpha.filter(ImageFilter.GaussianBlur(2 * soft))
    near = alpha.filter(ImageFilter.GaussianBlur(soft))
    both = np.asarray(wide, float) + np.asarray(near, float)
    return Image.fromarray(np.rint(np.minimum(both, 255) * SHADE).astype(np.uint8))


def _set(name: str, size: tuple[int, int]) -> tuple[list[str], int]:
    """Return the name in lines, and the letters' size (pixels) in which they fit on the card."""
    widest = size[0] * WIDEST
    largest, least = (round(min(size) * share) for share in (LETTERS, LEAST))
    for letters in range(largest, least, -2):
        lines = _lines(name.split(), letters, widest)
        if len(lines) <= LINES and all(_width(line, letters) <= widest for line in lines):
            return lines, letters
    lines = _lines(name.split(), least, widest)
    lines[LINES - 1 :] = [" ".join(lines[LINES - 1 :])] if len(lines) >= LINES else []
    return [_cut(line, least, widest) for line in lines], least


def _lines(words: list[str], letters: int, widest: float) -> list[str]:
    lines: list[str] = []
    for word in words:
        if lines and _width(longer := f"{lines[-1]} {word}", letters) <= widest:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _cut(line: str, letters: int, widest: float) -> str:
    if _width(line, letters) <= widest:
        return line
    kept = next(n for n in range(len(line), -1, -1) if _width(line[:n] + MORE, letters) <= widest)
    return line[:kept].rstrip() + MORE


def _width(line: str, letters: int) -> int:
    _, _, width, _ = cv2.getTextSize((0, 0), line, (0, 0), _font(), letters, WEIGHT)
    return int(width)


def _written(
    card: Image.Image, lines: list[str], letters: int, top: int, ink: Colour
) -> Image.Image:
    pixels = np.array(card)
    for number, line in enumerate(lines):
        left = (card.width - _width(line, letters)) // 2
        base = top + round(letters * (LEADING * number + 1))
        cv2.putText(pixels, line, (left, base), ink, _font(), letters, WEIGHT)
    return Image.fromarray(pixels)


def _font() -> cv2.FontFace:
    return cv2.FontFace("sans")  # Rubik, OpenCV's own: Pillow's own lacks Æ, Ø and Å


def _colour(written: str) -> Colour:
    red, green, blue = bytes.fromhex(written.removeprefix("#"))
    return red, green, blue


def _contrast(one: Colour, other: Colour) -> float:
    """Return the ratio of two colours' light, 1 to 21, as WCAG 2 reckons it."""
    darker, lighter = sorted(_light(each) for each in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def _light(colour: Colour) -> float:
    linear = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (v / 255 for v in colour)
    )
    return sum(part * share for part, share in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def _png(picture: Image.Image) -> bytes:
    content = io.BytesIO()
    picture.save(content, "PNG")
    return content.getvalue()
