"""Uploaded files are judged by what they hold, whatever they are called."""

import io
import os
import struct
import sys
import threading
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pillow_heif
import pytest
from interior_photos import get_all_photos
from PIL import Image

from chassis.errors import Internal, Invalid, Unavailable
from gateways import pictures
from gateways.pictures import Judge, Limits, Picture

PHOTO = Path(str(get_all_photos()[0]))

pillow_heif.register_heif_opener()  # saves HEIC; here nobody else imports what does


def inspect(path: Path, limits: Limits = pictures.LIMITS) -> Picture:
    """Judge a picture in a folder where nothing may be left."""
    work = path.parent / "work"
    work.mkdir()
    try:
        return pictures.inspect(path, "media", work, limits)
    finally:
        work.rmdir()


def small_photo() -> Image.Image:
    picture = Image.open(PHOTO)
    picture.thumbnail((600, 600))
    return picture


def saved(path: Path, file_format: str, **options: object) -> Path:
    small_photo().save(path, file_format, **options)
    return path


def cut(path: Path) -> Path:
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    return path


def png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + checksum

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows)


def test_a_photograph_is_told_by_its_content_at_full_size(tmp_path: Path) -> None:
    misnamed = tmp_path / "notes.txt"
    misnamed.write_bytes(PHOTO.read_bytes())

    with Image.open(PHOTO) as original:
        width, height = original.size
    assert inspect(misnamed) == Picture(content_type="image/jpeg", width=width, height=height)


@pytest.mark.parametrize(
    ("file_format", "content_type"),
    [("PNG", "image/png"), ("WEBP", "image/webp"), ("HEIF", "image/heic")],
)
def test_png_webp_and_heic_are_accepted(
    tmp_path: Path, file_format: str, content_type: str
) -> None:
    assert inspect(saved(tmp_path / "upload", file_format)).content_type == content_type


def test_a_camera_file_with_a_second_picture_inside_is_a_jpeg(tmp_path: Path) -> None:
    second = small_photo().resize((60, 60))
    path = saved(tmp_path / "upload", "MPO", save_all=True, append_images=[second])

    assert inspect(path).content_type == "image/jpeg"


def test_width_and_height_are_those_of_the_picture_as_displayed(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = small_photo()

    picture = inspect(saved(tmp_path / "upload", "JPEG", exif=exif))

    assert (picture.width, picture.height) == (stored.height, stored.width)


def text(path: Path) -> None:
    path.write_text("no picture at all")


def nothing(path: Path) -> None:
    path.write_bytes(b"")


def gif(path: Path) -> None:
    saved(path, "GIF")


def cut_jpeg(path: Path) -> None:
    cut(saved(path, "JPEG"))


def cut_progressive_jpeg(path: Path) -> None:
    cut(saved(path, "JPEG", progressive=True))


def cut_png(path: Path) -> None:
    cut(saved(path, "PNG"))


def cut_webp(path: Path) -> None:
    cut(saved(path, "WEBP"))


def sixty_megapixels(path: Path) -> None:
    path.write_bytes(png_header(10_000, 6_000))


def twenty_six_megabytes(path: Path) -> None:
    saved(path, "JPEG")
    with path.open("ab") as file:
        file.truncate(26 * 1024 * 1024)


def heic_of_51_megapixels(path: Path) -> None:
    size = struct.pack(">II", *small_photo().size)
    heic = saved(path, "HEIF").read_bytes()
    assert heic.count(b"ispe\0\0\0\0" + size) == 1
    path.write_bytes(heic.replace(size, struct.pack(">II", 8_500, 6_000)))


def cut_heic(path: Path) -> None:
    heic = saved(path, "HEIF").read_bytes()
    path.write_bytes(heic[: len(heic) // 2])


def moving_png(path: Path) -> None:
    saved(path, "PNG", save_all=True, append_images=[small_photo().rotate(180)])


def moving_webp(path: Path) -> None:
    saved(path, "WEBP", save_all=True, append_images=[small_photo().rotate(180)])


def moving_heic(path: Path) -> None:
    path.write_bytes(saved(path, "HEIF").read_bytes().replace(b"ftypheic", b"ftyphevc", 1))


def empty_scans(path: Path) -> None:
    """Write a progressive JPEG of 140 kB, most of it scans that hold nothing."""
    content = io.BytesIO()
    small_photo().save(content, "JPEG", progressive=True)
    jpeg = content.getvalue()
    begin = jpeg.index(b"\xff\xda")
    scan = jpeg[begin : begin + 2 + int.from_bytes(jpeg[begin + 2 : begin + 4])]
    path.write_bytes(jpeg[:begin] + scan * (140_000 // len(scan)) + jpeg[begin:])


@pytest.mark.parametrize(
    ("write", "code"),
    [
        (text, "media.not_a_picture"),
        (nothing, "media.not_a_picture"),
        (gif, "media.not_a_picture"),
        (cut_jpeg, "media.picture_damaged"),
        (cut_progressive_jpeg, "media.picture_damaged"),
        (cut_png, "media.picture_damaged"),
        (cut_webp, "media.picture_damaged"),
        (sixty_megapixels, "media.picture_too_large"),
        (twenty_six_megabytes, "media.picture_too_large"),
        (heic_of_51_megapixels, "media.picture_too_large"),
        (cut_heic, "media.picture_damaged"),
        (moving_png, "media.picture_moves"),
        (moving_webp, "media.picture_moves"),
        (moving_heic, "media.picture_moves"),
        (empty_scans, "media.picture_damaged"),
    ],
)
def test_what_is_no_acceptable_picture_is_refused(
    tmp_path: Path, write: Callable[[Path], None], code: str
) -> None:
    path = tmp_path / "upload.jpg"
    write(path)

    with pytest.raises(Invalid) as refusal:
        inspect(path)

    assert refusal.value.code == code


def test_a_decoder_that_cannot_start_is_not_the_pictures_fault(tmp_path: Path) -> None:
    with pytest.raises(Internal):
        inspect(saved(tmp_path / "upload", "PNG"), Limits(cpu_s=-1))


def test_a_picture_that_needs_too_much_memory_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    Image.new("RGB", (7_000, 7_000)).save(path, "PNG")

    with pytest.raises(Invalid, match=r"media\.picture_damaged"):
        inspect(path, Limits(memory_bytes=200 * 1024**2))


@pytest.mark.parametrize("limits", [Limits(cpu_s=0), Limits(wait_s=0)], ids=["processor", "time"])
def test_a_picture_that_takes_too_long_may_be_asked_about_again(
    limits: Limits, tmp_path: Path
) -> None:
    with pytest.raises(Unavailable, match=r"media\.inspection_timeout"):
        inspect(saved(tmp_path / "upload", "PNG"), limits)


def test_a_repeat_decodes_nothing_and_other_bytes_are_judged_anew(tmp_path: Path) -> None:
    judge, path = Judge("media", tmp_path), tmp_path / "upload"
    photo = judge.inspect("a", "1", saved(path, "PNG"))
    text(path)

    assert judge.inspect("a", "1", path) == photo
    for _ in range(2):
        with pytest.raises(Invalid, match=r"media\.not_a_picture"):
            judge.inspect("a", "2", path)
        saved(path, "PNG")
    assert judge.inspect("b", "2", path) == photo


def test_two_of_a_workspace_are_judged_at_once_on_two_cores_and_no_more(tmp_path: Path) -> None:
    at_once = Counted()
    judge = Judge("media", tmp_path, at_once=4)
    assert list(judge.each(uuid4(), at_once.meets, range(6))) == list(range(6))
    assert at_once.most == 2


class Counted:
    """Counts those who are here at once; the first two wait for each other."""

    def __init__(self) -> None:
        self.both, self.lock = threading.Barrier(2), threading.Lock()
        self.here = self.most = 0

    def meets(self, number: int) -> int:
        with self.lock:
            self.here += 1
            self.most = max(self.most, self.here)
        if number < 2:
            self.both.wait(timeout=60)
        with self.lock:
            self.here -= 1
        return number


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a process sees all cores")
def test_a_process_that_sees_one_core_judges_one_at_a_time(tmp_path: Path) -> None:
    def on_one_core() -> Judge:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # of this thread alone
        return Judge("media", tmp_path)

    with ThreadPoolExecutor(1) as apart:
        judge = apart.submit(on_one_core).result()
    one = threading.Lock()

    def alone(_: int) -> bool:
        free = one.acquire(blocking=False)
        time.sleep(0)  # another thread's turn, if there is one
        if free:
            one.release()
        return free

    assert all(judge.each(uuid4(), alone, range(200)))
