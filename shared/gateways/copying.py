"""How a copy is made of a decoded picture. It imports no frame, as `decoding` does not."""

import io
from typing import Any, cast

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from gateways.copies import Copy
from gateways.credits import Credits, exif_of, xmp_of

WHOLE = {"quality": 92, "subsampling": "4:4:4"}
AS_IT_WAS = {
    "quality": "keep"
}  # a JPEG's own tables: what is pressed again so loses next to nothing
QUALITIES = (84, 76, 68, 58, 48, 38, 28)  # of a small copy, until it fits
SHARPENED = ImageFilter.UnsharpMask(radius=0.6, percent=60, threshold=2)
LETTERS = 1 / 42  # of the longest side: as high as a label's letters are
LEAST_LETTERS_PX = 10
GROUND, INK = (0, 0, 0, 176), (255, 255, 255, 255)


def copied(picture: Image.Image, copy: Copy, credits: Credits) -> tuple[bytes, tuple[int, int]]:
    """Return a JPEG of the picture, and its width and height in pixels."""
    shown = _labelled(_fitted(picture, copy.longest_px), copy.label)
    about = {"comment": b"", **_about(copy, credits if copy.credited else Credits())}
    if copy.most_bytes is None:
        untouched = shown is picture and picture.format == "JPEG"
        return _jpeg(shown, AS_IT_WAS if untouched else WHOLE, about), shown.size
    for quality in QUALITIES:
        content = _jpeg(shown, {"quality": quality, "subsampling": "4:2:0"}, about)
        if len(content) <= copy.most_bytes:
            break
    return content, shown.size


def _about(copy: Copy, credits: Credits) -> dict[str, Any]:
    exif = exif_of(credits)
    about: dict[str, Any] = {"exif": exif} if len(exif) else {}
    if copy.source_type or credits != Credits():
        about["xmp"] = xmp_of(credits, copy.source_type)
    return about


def _fitted(picture: Image.Image, longest_px: int | None) -> Image.Image:
    """Return the picture, made smaller and a little sharper where it is larger than that."""
    longest = max(picture.size)
    if longest_px is None or longest <= longest_px:
        return picture
    width, height = (max(1, round(side * longest_px / longest)) for side in picture.size)
    smaller = picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return smaller.filter(SHARPENED)


def _labelled(picture: Image.Image, label: str | None) -> Image.Image:
    """Return the picture with a line on a dark ground, to be read on whatever lies behind."""
    if label is None:
        return picture
    font = _font(label, picture.size)
    draw = ImageDraw.Draw(labelled := picture.copy(), "RGBA")
    left, top, right, bottom = (round(each) for each in draw.textbbox((0, 0), label, font))
    margin = max(1, round(font.size / 2))
    width, height = right - left + 2 * margin, bottom - top + 2 * margin
    lower = picture.height - height
    draw.rectangle((0, lower, width, picture.height), fill=GROUND)
    draw.text((margin - left, lower + margin - top), label, fill=INK, font=font)
    return labelled


def _font(label: str, size: tuple[int, int]) -> ImageFont.FreeTypeFont:
    """Return letters that can be read, smaller ones where the line is wider than the picture."""
    letters = max(LEAST_LETTERS_PX, max(size) * LETTERS)
    at_that = _of_size(letters)
    widest = size[0] - at_that.size
    if (width := at_that.getlength(label)) > widest:
        return _of_size(max(1, letters * widest / width))
    return at_that


def _of_size(letters: float) -> ImageFont.FreeTypeFont:
    return cast(ImageFont.FreeTypeFont, ImageFont.load_default(letters))  # Aileron, Pillow's own


def _jpeg(picture: Image.Image, how: dict[str, Any], about: dict[str, Any]) -> bytes:
    content = io.BytesIO()
    picture.save(content, "JPEG", **how, **about)
    return content.getvalue()
