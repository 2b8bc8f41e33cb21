"""A table of formats: each shows the colours of its twin in sRGB, or is refused with its word."""

import struct
import zlib
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from PIL import Image, ImageCms

from gateways.colour_spaces import described
from gateways.decoding import TURNS, Undecodable, decoded
from unit.stages.colours import (
    ADOBE_RGB,
    D50,
    D65,
    DISPLAY_P3,
    PROPHOTO,
    SRGB,
    XY,
    apart,
    chart,
    ciede2000,
    grey_profile,
    rgb_profile,
    written_in,
)
from unit.stages.picture_files import chunk, heic_of_ten_bits, png, saved, ycck

AVERAGE, WORST = 1, 3.5  # 8 bits of lightness and colour round a dark green as far as that
ORIENTATION = 0x0112
COLOURS = chart()
GREYS = COLOURS.convert("L")
GREY = GREYS.convert("RGB")
P3 = rgb_profile(DISPLAY_P3, D65, 2.2)
ADOBE = rgb_profile(ADOBE_RGB, D65, 2.2)
WIDE = rgb_profile(PROPHOTO, D50, 1.8)
DARK = grey_profile(1.8)
IN_P3, IN_GREY = written_in(COLOURS, P3), written_in(GREY, DARK)
OWN = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
LAB = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()


def seen_through(picture: Image.Image, alpha: int) -> Image.Image:
    layered = picture.copy()
    layered.putalpha(alpha)
    return layered


OPAQUE, HALF = seen_through(COLOURS, 255), seen_through(COLOURS, 128)
PALE = Image.blend(COLOURS, Image.new("RGB", COLOURS.size, "white"), 127 / 255)
PALE_GREY = PALE.convert("L").convert("RGB")


def jpeg(picture: Image.Image, **options: object) -> bytes:
    return saved(picture, "JPEG", quality=95, **options)


def heic(picture: Image.Image, **options: object) -> bytes:
    return saved(picture, "HEIF", quality=95, **options)


def turned(orientation: int, file_format: str = "JPEG") -> bytes:
    tag = Image.Exif()
    tag[ORIENTATION] = orientation
    return saved(COLOURS, file_format, quality=95, exif=tag)


def iccp(profile: bytes) -> bytes:
    return chunk(b"iCCP", b"test\0\0" + zlib.compress(profile))


def gama(gamma: float) -> bytes:
    return chunk(b"gAMA", struct.pack(">I", round(gamma * 100_000)))


def chrm(white: XY, primaries: tuple[XY, XY, XY]) -> bytes:
    places = (round(each * 100_000) for place in (white, *primaries) for each in place)
    return chunk(b"cHRM", struct.pack(">8I", *places))


def steps(bits: int) -> Image.Image:
    """Return the greys of so many bits."""
    most = 2**bits - 1
    return GREYS.point(lambda grey: round((grey >> (8 - bits)) * 255 / most)).convert("RGB")


def mpo(picture: Image.Image, **options: object) -> bytes:
    return saved(picture, "MPO", quality=95, save_all=True, append_images=[GREY], **options)


def moving(file_format: str) -> bytes:
    return saved(COLOURS, file_format, save_all=True, append_images=[GREY])


def palette_with_clear() -> tuple[Image.Image, Image.Image]:
    """Return a palette with a clear entry, which covers some of it, and what is to be seen."""
    few = COLOURS.quantize(16)
    few.info["transparency"] = 0
    clear = Image.fromarray(np.asarray(few) == 0)
    shown = few.convert("RGB")
    shown.paste("white", mask=clear)
    return few, shown


CLEAR, CLEAR_SHOWN = palette_with_clear()
TABLE: dict[str, tuple[Callable[[], bytes], Image.Image | str]] = {
    "JPEG": (lambda: jpeg(COLOURS), COLOURS),
    "JPEG 4:2:0": (lambda: jpeg(COLOURS, subsampling="4:2:0"), COLOURS),
    "JPEG progressive": (lambda: jpeg(COLOURS, progressive=True), COLOURS),
    "JPEG RGB": (lambda: jpeg(COLOURS, keep_rgb=True), COLOURS),
    "JPEG grey": (lambda: jpeg(GREYS), GREY),
    "JPEG CMYK": (lambda: jpeg(COLOURS.convert("CMYK")), COLOURS),
    "JPEG YCCK": (lambda: ycck(COLOURS), COLOURS),
    "JPEG sRGB": (lambda: jpeg(COLOURS, icc_profile=OWN), COLOURS),
    "JPEG Display P3": (lambda: jpeg(IN_P3, icc_profile=P3), COLOURS),
    "JPEG Adobe RGB": (lambda: jpeg(written_in(COLOURS, ADOBE), icc_profile=ADOBE), COLOURS),
    "JPEG ProPhoto": (lambda: jpeg(written_in(COLOURS, WIDE), icc_profile=WIDE), COLOURS),
    "JPEG grey, its profile": (lambda: jpeg(IN_GREY, icc_profile=DARK), GREY),
    "JPEG damaged profile": (lambda: jpeg(COLOURS, icc_profile=P3[:200]), COLOURS),
    "JPEG profile of Lab": (lambda: jpeg(COLOURS, icc_profile=LAB), COLOURS),
    "JPEG profile of greys": (lambda: jpeg(COLOURS, icc_profile=DARK), COLOURS),
    "JPEG without its end": (lambda: jpeg(COLOURS)[:-2], COLOURS),
    "JPEG cut": (lambda: jpeg(COLOURS)[:-200], "picture_damaged"),
    "MPO": (lambda: mpo(COLOURS), COLOURS),
    "MPO Display P3": (lambda: mpo(IN_P3, icc_profile=P3), COLOURS),
    **{
        f"{name} orientation {number}": (
            partial(turned, number, name),
            COLOURS.transpose(TURNS[number]) if number in TURNS else COLOURS,
        )
        for name in ("JPEG", "PNG", "WEBP")
        for number in range(1, 10)
    },
    "PNG": (lambda: saved(COLOURS, "PNG"), COLOURS),
    "PNG 16": (lambda: png(COLOURS, depth=16), COLOURS),
    "PNG interlaced": (lambda: png(COLOURS, depth=8, interlaced=True), COLOURS),
    "PNG interlaced, 16, alpha": (lambda: png(HALF, depth=16, interlaced=True), PALE),
    "PNG alpha": (lambda: saved(HALF, "PNG"), PALE),
    "PNG grey": (lambda: saved(GREYS, "PNG"), GREY),
    "PNG grey 16": (lambda: png(GREYS, depth=16), GREY),
    "PNG grey 16, its profile": (lambda: png(IN_GREY, depth=16, before=iccp(DARK)), GREY),
    "PNG grey alpha": (lambda: saved(HALF.convert("LA"), "PNG"), PALE_GREY),
    "PNG grey alpha 16": (lambda: png(HALF.convert("LA"), depth=16), PALE_GREY),
    **{f"PNG grey {bits}": (partial(png, GREYS, depth=bits), steps(bits)) for bits in (1, 2, 4)},
    "PNG palette": (lambda: saved(COLOURS.quantize(256), "PNG"), COLOURS),
    "PNG palette, one clear": (lambda: saved(CLEAR, "PNG"), CLEAR_SHOWN),
    "PNG palette Display P3": (
        lambda: saved(IN_P3.quantize(256), "PNG", icc_profile=P3),
        COLOURS,
    ),
    "PNG Display P3, alpha": (
        lambda: saved(seen_through(IN_P3, 255), "PNG", icc_profile=P3),
        COLOURS,
    ),
    "PNG Display P3, 16": (lambda: png(IN_P3, depth=16, before=iccp(P3)), COLOURS),
    "PNG sRGB by name": (
        lambda: png(COLOURS, depth=8, before=chunk(b"sRGB", b"\0") + gama(0.9)),
        COLOURS,
    ),
    "PNG sRGB by numbers": (
        lambda: png(COLOURS, depth=8, before=gama(0.45455) + chrm(D65, SRGB)),
        COLOURS,
    ),
    "PNG gamma 1.8": (
        lambda: png(
            written_in(COLOURS, rgb_profile(SRGB, D65, 1.8)), depth=8, before=gama(0.55556)
        ),
        COLOURS,
    ),
    "PNG Display P3 by numbers": (
        lambda: png(
            written_in(COLOURS, rgb_profile(DISPLAY_P3, D65, 2.0)),
            depth=8,
            before=gama(0.5) + chrm(D65, DISPLAY_P3),
        ),
        COLOURS,
    ),
    "PNG ProPhoto by numbers, alpha": (
        lambda: png(
            seen_through(written_in(COLOURS, WIDE), 255),
            depth=8,
            before=gama(0.55556) + chrm(D50, PROPHOTO),
        ),
        COLOURS,
    ),
    "PNG impossible numbers": (
        lambda: png(COLOURS, depth=8, before=chrm((0, 0), SRGB)),
        COLOURS,
    ),
    "PNG moves": (lambda: moving("PNG"), "picture_moves"),
    "WebP": (lambda: saved(COLOURS, "WEBP", quality=95), COLOURS),
    "WebP lossless": (lambda: saved(COLOURS, "WEBP", lossless=True), COLOURS),
    "WebP alpha": (lambda: saved(HALF, "WEBP", quality=95), PALE),
    "WebP lossless alpha": (lambda: saved(HALF, "WEBP", lossless=True), PALE),
    "WebP Display P3": (lambda: saved(IN_P3, "WEBP", lossless=True, icc_profile=P3), COLOURS),
    "WebP moves": (lambda: moving("WEBP"), "picture_moves"),
    "HEIC": (lambda: heic(COLOURS), COLOURS),
    "HEIC 4:4:4": (lambda: heic(COLOURS, chroma="444"), COLOURS),
    "HEIC grey": (lambda: heic(GREYS), GREY),
    "HEIC alpha": (lambda: heic(HALF), PALE),
    "HEIC Display P3": (lambda: heic(IN_P3, icc_profile=P3), COLOURS),
    "HEIC 10": (lambda: heic_of_ten_bits(COLOURS), COLOURS),
    "HEIC 10 Display P3": (lambda: heic_of_ten_bits(IN_P3, icc_profile=P3), COLOURS),
    "TIFF": (lambda: saved(COLOURS, "TIFF"), "not_a_picture"),
    "GIF": (lambda: saved(COLOURS, "GIF"), "not_a_picture"),
    "BMP": (lambda: saved(COLOURS, "BMP"), "not_a_picture"),
    "JPEG 2000": (lambda: saved(COLOURS, "JPEG2000"), "not_a_picture"),
    "AVIF": (lambda: saved(COLOURS, "AVIF"), "not_a_picture"),
}


@pytest.mark.parametrize("name", TABLE)
def test_a_format_shows_the_colours_of_its_twin_or_is_refused(name: str) -> None:
    made, shown = TABLE[name]
    if isinstance(shown, str):
        with pytest.raises(Undecodable, match=f"^{shown}$"):
            decoded(made())
        return
    average, worst = apart(decoded(made())[1], shown)
    assert average <= AVERAGE and worst <= WORST, f"{average:.2f}, at most {worst:.2f}"


def test_what_the_table_would_notice() -> None:
    for profile in (P3, ADOBE, WIDE):
        untold, _ = apart(written_in(COLOURS, profile), COLOURS)
        assert untold > 2 * AVERAGE


@pytest.mark.parametrize(
    ("one", "other", "far"),
    [  # of the pairs that Sharma, Wu and Dalal published to check programs by
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, -1, 2), (50, 0, 0), 2.3669),
        ((50, 2.49, -0.001), (50, -2.49, 0.0011), 7.2195),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_measure_itself(one: tuple[float, ...], other: tuple[float, ...], far: float) -> None:
    assert ciede2000(np.array(one), np.array(other)) == pytest.approx(far, abs=1e-4)


def test_numbers_that_no_colours_have_say_nothing() -> None:
    for info in ({}, {"gamma": 0}, {"gamma": 1e-9}, {"chromaticity": (0.3, 0.3) * 4}):
        assert described(info) is None
