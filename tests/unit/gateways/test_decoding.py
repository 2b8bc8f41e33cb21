"""Pictures as they are displayed: upright, in sRGB, opaque, eight bits a channel."""

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from interior_photos import get_all_photos
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps

from gateways.decoding import Undecodable, decoded

Pixels = NDArray[np.int16]
ORIENTATION, SHORT, LONG, ASCII, RATIONAL = 0x0112, 3, 4, 2, 5


def photo(longest_px: int = 120) -> Image.Image:
    with Image.open(Path(str(get_all_photos()[0]))) as picture:
        picture.thumbnail((longest_px, longest_px))
        return picture.convert("RGB")


def file_of(picture: Image.Image, file_format: str, **options: object) -> bytes:
    content = io.BytesIO()
    picture.save(content, file_format, **options)
    return content.getvalue()


def pixels(picture: Image.Image) -> Pixels:
    assert picture.mode == "RGB"
    return np.asarray(picture).astype(np.int16)


def seen(content: bytes) -> Pixels:
    return pixels(decoded(content)[1])


def exif(kind: int, count: int, written: bytes, more: bytes = b"") -> bytes:
    """Return EXIF whose only entry is an orientation, of whatever type."""
    entry = struct.pack(">HHI", ORIENTATION, kind, count) + written.ljust(4, b"\0")
    return b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01" + entry + bytes(4) + more


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_a_picture_stands_upright(orientation: int, file_format: str) -> None:
    tag = Image.Exif()
    tag[ORIENTATION] = orientation
    content = file_of(photo(), file_format, exif=tag)

    with Image.open(io.BytesIO(content)) as stored:
        upright = ImageOps.exif_transpose(stored)
        assert (seen(content) == pixels(upright)).all()


@pytest.mark.parametrize(
    ("written", "turned"),
    [
        (exif(SHORT, 1, b"\0\x06"), True),
        (exif(LONG, 1, b"\0\0\0\x06"), True),
        (exif(RATIONAL, 1, b"\0\0\0\x1a", b"\0\0\0\x06\0\0\0\x01"), True),
        (exif(ASCII, 2, b"6"), False),
        (exif(SHORT, 2, b"\0\x06\0\x06"), False),
        (exif(SHORT, 1, b"\0\x09"), False),
        (exif(SHORT, 1, b"\0\0"), False),
        (exif(LONG, 1, b"\xff\xff\xff\xff"), False),
        (exif(RATIONAL, 1, b"\0\0\0\x1a", bytes(8)), False),
        (exif(99, 1, b"\0\x06"), False),
        (b"Exif\0\0MM", False),
        (b"Exif\0\0nothing of the kind", False),
    ],
)
def test_an_orientation_of_another_type_is_read_or_says_nothing(
    written: bytes, turned: bool
) -> None:
    picture = photo()
    upright = decoded(file_of(picture, "JPEG", exif=written))[1]
    assert upright.size == (picture.size[::-1] if turned else picture.size)


def test_heic_is_decoded_as_other_formats_are() -> None:
    tag = Image.Exif()
    tag[ORIENTATION] = 6
    picture = photo()

    content_type, shown = decoded(file_of(picture, "HEIF", quality=90, exif=tag.tobytes()))
    untold = decoded(file_of(picture, "HEIF", quality=90, exif=tag))[1]

    assert content_type == "image/heic"
    turned = pixels(picture.transpose(Image.Transpose.ROTATE_270))
    assert np.abs(pixels(shown) - turned).mean() < 4
    assert untold.size == picture.size  # it turns by what its container says, not by its EXIF


def test_sixteen_bit_grey_keeps_its_upper_byte() -> None:
    greys = np.arange(0, 65_536, 16, dtype=np.uint16).reshape(64, 64)
    content = file_of(Image.fromarray(greys), "PNG")
    assert (seen(content) == np.repeat(greys[..., None] >> 8, 3, axis=2)).all()


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparency_is_laid_on_white(mode: str) -> None:
    picture = Image.new("RGBA", (4, 2), (40, 40, 40, 255))
    picture.paste((40, 40, 40, 0), (0, 0, 2, 2))
    if mode != "P":
        picture.paste((40, 40, 40, 128), (2, 0, 3, 2))
    shown = seen(file_of(picture.quantize() if mode == "P" else picture.convert(mode), "PNG"))
    assert (shown[:, :2] == 255).all()
    assert (shown[:, 3] == 40).all()
    assert mode == "P" or (np.abs(shown[:, 2] - 147) <= 1).all()


def test_one_colour_that_is_transparent_is_white() -> None:
    content = file_of(Image.new("RGB", (2, 2), (1, 2, 3)), "PNG", transparency=(1, 2, 3))
    assert (seen(content) == 255).all()


def test_a_profile_is_applied() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    swapped = ImageCms.ImageCmsProfile(io.BytesIO(swapping()))
    red = file_of(Image.new("RGB", (8, 8), (200, 20, 20)), "PNG", icc_profile=swapped.tobytes())
    assert np.abs(seen(red)[0, 0] - (20, 200, 20)).max() <= 2
    plain = Image.new("RGB", (8, 8), (200, 20, 20))
    for useless in (lab.tobytes(), b"no profile"):
        assert (seen(file_of(plain, "PNG", icc_profile=useless)) == (200, 20, 20)).all()


def swapping() -> bytes:
    """Return a profile like sRGB in which red is green and green is red."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for entry in range(132, 132 + 12 * int.from_bytes(profile[128:132]), 12):
        name = bytes(profile[entry : entry + 4])
        profile[entry : entry + 4] = {b"rXYZ": b"gXYZ", b"gXYZ": b"rXYZ"}.get(name, name)
    return bytes(profile).replace(b"s\0R\0G\0B", b"o\0t\0h\0r")


def test_grey_and_cmyk_become_rgb() -> None:
    picture = photo()
    grey = pixels(picture.convert("L").convert("RGB"))
    assert np.abs(seen(file_of(picture.convert("L"), "JPEG", quality=95)) - grey).mean() < 2
    cmyk = file_of(picture.convert("CMYK"), "JPEG", quality=95)
    assert np.abs(seen(cmyk) - pixels(picture)).mean() < 4


def test_a_cmyk_picture_is_shown_as_its_profile_says() -> None:
    inks = Image.new("CMYK", (16, 16), (255, 0, 0, 0))
    inks.paste((0, 255, 0, 255), (8, 0, 16, 16))
    shown = seen(file_of(inks, "JPEG", quality=100, icc_profile=of_black_ink_alone()))
    assert shown[4, 2].min() >= 250
    assert shown[4, 13].max() <= 5
    assert seen(file_of(inks, "JPEG", quality=100, icc_profile=swapping()))[4, 2, 0] < 10


def of_black_ink_alone() -> bytes:
    """Return a profile of CMYK for which only black ink can be seen."""
    straight = bytes(range(256))
    grid = b"".join(bytes((0 if inks % 2 else 255, 128, 128)) for inks in range(16))
    matrix = struct.pack(">9i", *(65_536 if n % 4 == 0 else 0 for n in range(9)))
    look_up = b"mft1" + bytes(4) + bytes((4, 3, 2, 0)) + matrix + straight * 4 + grid + straight * 3
    white = b"XYZ " + bytes(4) + struct.pack(">3i", 63_190, 65_536, 54_061)
    tags = struct.pack(">I", 2)
    for name, at, content in ((b"A2B0", 156, look_up), (b"wtpt", 156 + len(look_up), white)):
        tags += name + struct.pack(">II", at, len(content))
    body = tags + look_up + white
    head = struct.pack(
        ">I4sI4s4s4s", 128 + len(body), b"test", 0x02400000, b"prtr", b"CMYK", b"Lab "
    )
    illuminant = struct.pack(">3i", 63_190, 65_536, 54_061)
    return (head + bytes(12) + b"acsp").ljust(68, b"\0") + illuminant.ljust(60, b"\0") + body


def test_a_jpeg_may_have_a_film_behind_it_and_many_marks_of_restart() -> None:
    jpeg = file_of(photo(), "JPEG", progressive=True, restart_marker_blocks=1)
    film = b"\xff\xda\0\x02" * 500
    assert (seen(jpeg + film) == seen(jpeg)).all()


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_jpeg_may_lack_its_end_but_no_pixel(mode: str, progressive: bool) -> None:
    whole = file_of(photo(300).convert(mode), "JPEG", progressive=progressive)
    for behind in (b"", b"\xff", b"SEFH" + b"\x11" * 400):
        assert (seen(whole[:-2] + behind) == seen(whole)).all()
    for missing in (20, 200, len(whole) // 2):
        with pytest.raises(Undecodable, match="picture_damaged"):
            decoded(whole[:-missing])


def test_what_its_head_says_of_a_file_that_cannot_be_read() -> None:
    whole = file_of(photo(), "HEIF")
    for content, word in (
        (b"", "not_a_picture"),
        (b"nothing of the kind", "not_a_picture"),
        (whole[:30], "picture_damaged"),
        (file_of(photo(), "PNG")[:30], "picture_damaged"),
        (b"\xff\xd8\xff\xe0", "picture_damaged"),
        (whole.replace(b"ftypheic", b"ftypavif").replace(b"hei", b"avi"), "not_a_picture"),
    ):
        with pytest.raises(Undecodable) as refusal:
            decoded(content)
        assert refusal.value.word == word, content[:30]
