"""What an engine is given is decoded apart, within the limits that hold at the door of uploads."""

import io
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from interior_photos import get_all_photos
from PIL import Image

from chassis.errors import Invalid, ServiceError, Unavailable
from gateways.decoding import decoded
from gateways.pictures import LIMITS, Limits, pixels
from integration.stages.small_films import Job
from media.gateways.local import LocalEngine as Enhancement
from video.gateways.engine import Shot
from video.gateways.local import LocalEngine as Film

Engine = Callable[[bytes, Path, Limits], object]


def photograph(**options: object) -> bytes:
    content = io.BytesIO()
    with Image.open(Path(str(get_all_photos()[0]))) as picture:
        picture.thumbnail((200, 200))
        picture.save(content, "JPEG", **options)
    return content.getvalue()


def enhance(content: bytes, work: Path, limits: Limits) -> object:
    """Have media's engine enhance a picture."""
    decode = partial(pixels, service="media", work=work, limits=limits)
    engine = Enhancement(decode, work)
    return engine.enhance(content, "", "modern", lambda percent, step: None)


def film(content: bytes, work: Path, limits: Limits) -> object:
    """Have video's engine make a clip of a picture."""
    engine = Film(partial(pixels, service="video", work=work, limits=limits))
    picture = work.parent / "picture"
    picture.write_bytes(content)
    return engine.clip(
        picture,
        work.parent / "clip.mp4",
        shot=Shot(room_type="kitchen", seconds=1, aspect_ratio="1:1"),
        control=Job(),
    )


def refused(engine: Engine, content: bytes, work: Path, limits: Limits = LIMITS) -> ServiceError:
    with pytest.raises(ServiceError) as refusal:
        engine(content, work, limits)
    assert not list(work.iterdir())
    return refusal.value


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A folder where nothing may be left."""
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


def test_a_picture_may_take_two_gigabytes_and_three_seconds() -> None:
    assert (LIMITS.memory_bytes, LIMITS.cpu_s) == (2 * 1024**3, 3)


def test_the_pixels_are_those_that_the_decoder_sees(work: Path) -> None:
    tag = Image.Exif()
    tag[0x0112] = 6
    content = photograph(exif=tag)
    assert (pixels(content, "media", work) == np.asarray(decoded(content)[1])).all()
    assert not list(work.iterdir())


@pytest.mark.parametrize(("engine", "service"), [(enhance, "media"), (film, "video")])
def test_an_engine_refuses_what_the_door_would(engine: Engine, service: str, work: Path) -> None:
    whole = photograph(progressive=True)
    scan = whole.index(b"\xff\xda")
    head = whole[scan : scan + 2 + int.from_bytes(whole[scan + 2 : scan + 4])]
    for content, word in (
        (whole[: len(whole) // 2], "picture_damaged"),
        (whole[:scan] + head * 600 + whole[scan:], "picture_damaged"),
        (b"no picture", "not_a_picture"),
    ):
        refusal = refused(engine, content, work)
        assert (type(refusal), refusal.code) == (Invalid, f"{service}.{word}")


@pytest.mark.parametrize(("engine", "service"), [(enhance, "media"), (film, "video")])
def test_an_engine_decodes_within_limits(engine: Engine, service: str, work: Path) -> None:
    slow = refused(engine, photograph(), work, Limits(cpu_s=0))
    assert (type(slow), slow.code) == (Unavailable, f"{service}.inspection_timeout")
    content = io.BytesIO()
    Image.new("RGB", (7_000, 7_000)).save(content, "PNG")
    large = refused(engine, content.getvalue(), work, Limits(memory_bytes=200 * 1024**2))
    assert (type(large), large.code) == (Invalid, f"{service}.picture_damaged")
