"""Copies of pictures: size, weight, a label, and of their metadata the credits alone."""

import io
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pyexiv2
import pytest
from interior_photos import get_all_photos
from PIL import Image
from PIL.JpegImagePlugin import get_sampling

from gateways.copies import Copy, rendition
from gateways.copying import copied
from gateways.credits import Credits, credits_of
from gateways.decoding import decoded

SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicallyEnhanced"
LABEL = "Digitalt endret / Digitally altered"
SECRETS = {  # what cameras and programs write, and nobody is to learn from a copy
    "Exif.Image.Make": "Canon",
    "Exif.Photo.BodySerialNumber": "SERIAL-4711",
    "Exif.Photo.LensSerialNumber": "SERIAL-0815",
    "Exif.Photo.MakerNote": "78 79 84 69",
    "Exif.Photo.UserComment": "SECRET-NOTE",
    "Exif.Image.ImageDescription": "SECRET-PLACE",
    "Exif.GPSInfo.GPSLatitudeRef": "N",
    "Exif.GPSInfo.GPSLatitude": "59/1 54/1 0/1",
    "Exif.GPSInfo.GPSLongitudeRef": "E",
    "Exif.GPSInfo.GPSLongitude": "10/1 45/1 0/1",
}
SECRET_XMP = {"Xmp.photoshop.City": "SECRET-PLACE", "Xmp.aux.SerialNumber": "SERIAL-4711"}
KEPT = {
    "Exif.Image.Artist": "Åse Øvergård",
    "Exif.Image.Copyright": "© 2024 Huset & Co. <AS>",
    "Exif.Photo.DateTimeOriginal": "2024:05:17 09:30:15",
}
CREDITS = Credits(
    creator="Åse Øvergård", copyright="© 2024 Huset & Co. <AS>", taken="2024-05-17T09:30:15"
)


@cache
def photo(longest_px: int = 400) -> Image.Image:
    with Image.open(str(get_all_photos()[0])) as picture:
        picture.thumbnail((longest_px, longest_px))
        return picture.convert("RGB")


def file_of(picture: Image.Image, file_format: str = "JPEG", **options: Any) -> bytes:
    content = io.BytesIO()
    picture.save(content, file_format, **options)
    return content.getvalue()


def told(content: bytes, exif: Any = None, xmp: Any = None, iptc: Any = None) -> bytes:
    """Return the picture with this written in its metadata, by another hand than ours."""
    with pyexiv2.ImageData(content) as picture:
        picture.modify_exif(exif or {})
        picture.modify_xmp(xmp or {})
        picture.modify_iptc(iptc or {})
        return bytes(picture.get_bytes())


def original(orientation: int = 1) -> bytes:
    small = file_of(photo(80))
    exif = {**SECRETS, **KEPT, "Exif.Image.Orientation": str(orientation)}
    with pyexiv2.ImageData(told(file_of(photo()), exif, SECRET_XMP)) as picture:
        picture.modify_thumbnail(small)
        picture.modify_comment("SECRET-NOTE")
        return bytes(picture.get_bytes())


def copy_of(content: bytes, copy: Copy) -> bytes:
    return copied(decoded(content)[1], copy, credits_of(content))[0]


def read(content: bytes) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    with pyexiv2.ImageData(content) as picture:
        return picture.read_exif(), picture.read_xmp(), picture.read_iptc()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


COPIES = {
    "whole": Copy(source_type=SOURCE_TYPE),
    "small": rendition(320, 40_000, SOURCE_TYPE),
    "labelled": Copy(source_type=SOURCE_TYPE, label=LABEL),
}


@pytest.mark.parametrize("copy", COPIES.values(), ids=COPIES)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_of_metadata_a_copy_has_the_credits_and_how_it_came_to_be(
    copy: Copy, orientation: int
) -> None:
    content = original(orientation)

    made = copy_of(content, copy)

    exif, xmp, iptc = read(made)
    hidden = {"Exif.Image.ExifTag"}  # where the rest of EXIF begins
    assert {name: said for name, said in exif.items() if name not in hidden} == KEPT
    assert xmp == {
        "Xmp.iptcExt.DigitalSourceType": SOURCE_TYPE,
        "Xmp.dc.creator": [CREDITS.creator],
        "Xmp.dc.rights": {'lang="x-default"': CREDITS.copyright},
        "Xmp.photoshop.DateCreated": CREDITS.taken,
    }
    assert iptc == {}
    for secret in (b"SERIAL", b"SECRET", b"Canon", b"NOTE"):
        assert secret in content or secret == b"NOTE"
        assert secret not in made
    with pyexiv2.ImageData(content) as before, pyexiv2.ImageData(made) as after:
        assert before.read_thumbnail() and not after.read_thumbnail()
        assert before.read_comment() and not after.read_comment()
    stored = opened(content)
    turned = orientation >= 5
    upright = stored.size[::-1] if turned else stored.size
    assert (opened(made).width > opened(made).height) == (upright[0] > upright[1])


def test_a_copy_without_credits_says_nothing_at_all() -> None:
    made = copy_of(original(6), Copy(credited=False))

    assert read(made) == ({}, {}, {})
    assert b"Exif" not in made and b"xmp" not in made and b"http" not in made


@pytest.mark.parametrize(
    "content",
    [
        told(file_of(photo(60)), KEPT),
        told(
            file_of(photo(60)),
            xmp={
                "Xmp.dc.creator": ["Åse Øvergård"],
                "Xmp.dc.rights": {'lang="x-default"': "© 2024 Huset & Co. <AS>"},
                "Xmp.photoshop.DateCreated": "2024-05-17T09:30:15",
            },
        ),
        told(file_of(photo(60), "PNG"), KEPT),
        told(file_of(photo(60), "WEBP"), KEPT),
    ],
    ids=["EXIF", "XMP", "PNG", "WebP"],
)
def test_credits_are_read_wherever_they_are_written(content: bytes) -> None:
    assert credits_of(content) == CREDITS


def test_credits_of_iptc_iim_are_read() -> None:
    iim = {
        "Iptc.Application2.Byline": ["Åse Øvergård"],
        "Iptc.Application2.Copyright": "© Huset",
        "Iptc.Application2.DateCreated": "2024-05-17",
    }
    said = credits_of(told(file_of(photo(60)), iptc=iim))

    assert said == Credits(creator="Åse Øvergård", copyright="© Huset", taken="2024-05-17T00:00:00")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda it: it.replace(b"Exif\0\0II", b"Exif\0\0XX"),
        lambda it: it.replace(b"<rdf:RDF", b"<rdf:RDF<"),
        lambda it: it[: len(it) // 3],
        lambda it: b"no picture",
    ],
    ids=["EXIF", "XMP", "cut", "text"],
)
def test_what_cannot_be_read_says_nothing(spoil: Callable[[bytes], bytes]) -> None:
    xmp = {"Xmp.dc.rights": "© Huset"}
    spoilt = spoil(told(file_of(photo(60)), xmp=xmp))

    assert credits_of(spoilt).creator is None


def test_credits_are_one_line_each_and_not_endless() -> None:
    long = told(file_of(photo(60)), {"Exif.Image.Artist": "a\nb\u202ec" + "x" * 2_000})

    creator = credits_of(long).creator

    assert creator is not None
    assert creator.startswith("a b cxx") and len(creator) == 500


@pytest.mark.parametrize("taken", ["0000:00:00 00:00:00", "yesterday", ""])
def test_a_date_that_is_none_is_not_kept(taken: str) -> None:
    said = told(file_of(photo(60)), {"Exif.Photo.DateTimeOriginal": taken})

    assert credits_of(said).taken is None


def noise(width: int, height: int) -> Image.Image:
    pixels = np.random.default_rng(7).integers(0, 256, (height, width, 3), np.uint8)
    return Image.fromarray(pixels)


@pytest.mark.parametrize(
    "picture",
    [photo(2000), photo(2000).transpose(Image.Transpose.ROTATE_90)],
    ids=["wide", "tall"],
)
@pytest.mark.parametrize(("px", "most"), [(320, 40_000), (1280, 250_000)])
def test_a_small_copy_is_as_small_and_light_as_it_is_to_be(
    picture: Image.Image, px: int, most: int
) -> None:
    content, size = copied(picture, rendition(px, most), Credits())

    with opened(content) as made:
        assert made.size == size
        assert max(made.size) == px
        assert abs(made.width / made.height - picture.width / picture.height) < 0.01
        assert get_sampling(made) == 2  # 4:2:0
    assert len(content) <= most


def test_a_busy_picture_is_pressed_until_it_fits() -> None:
    content, _ = copied(noise(900, 900), rendition(320, 40_000), Credits())

    assert len(content) <= 40_000


@pytest.mark.parametrize("size", [(200, 100), (1, 1), (3000, 2)])
def test_a_small_or_narrow_picture_is_not_made_larger(size: tuple[int, int]) -> None:
    _, made = copied(Image.new("RGB", size), rendition(320, 40_000), Credits())

    assert max(made) == min(max(size), 320) and min(made) >= 1
    assert made[0] <= size[0] and made[1] <= size[1]


def test_a_jpeg_that_is_pressed_again_loses_next_to_nothing() -> None:
    content = file_of(photo(), quality=95, subsampling="4:4:4")

    again = copy_of(content, Copy(source_type=SOURCE_TYPE))

    apart = np.abs(np.asarray(opened(content)).astype(int) - np.asarray(opened(again)))
    assert apart.mean() < 0.1
    assert abs(len(again) - len(content)) < 5_000


@pytest.mark.parametrize("ground", [0, 128, 255])
@pytest.mark.parametrize("size", [(1200, 800), (640, 480), (480, 640)])
def test_the_label_stands_out_on_dark_and_bright(ground: int, size: tuple[int, int]) -> None:
    plain = Image.new("RGB", size, (ground,) * 3)

    labelled, _ = copied(plain, Copy(label=LABEL), Credits())

    pixels = np.asarray(opened(labelled).convert("L")).astype(int)
    changed = np.argwhere(np.abs(pixels - ground) > 24)
    top, right = changed[:, 0].min(), changed[:, 1].max()
    corner = pixels[top:, : right + 1]
    dark, bright = np.percentile(corner, 20), np.percentile(corner, 99)
    assert bright > 225 and bright - dark > 110  # (L+0.05)/(D+0.05) is over 4.5
    assert corner.shape[0] < size[1] * 0.16
    assert right < size[0]
    assert (np.abs(pixels[: top - 8] - ground) <= 4).all()
