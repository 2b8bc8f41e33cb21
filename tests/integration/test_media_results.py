"""What comes out of an engine, as it is stored: our bytes, our metadata, small copies beside it."""

import hashlib
import io
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PIL import Image

from asking.words import word_of
from chassis.errors import (
    Unavailable,
)
from chassis.jobs.jobs import Task
from gateways.blobs_folder import Folder
from media.gateways.engine import Enhanced, Report
from media.jobs.enhancing import enhance
from media.jobs.inpainting import inpaint
from media.jobs.making import params_hash
from media.jobs.storing import Place, Storing, stored

WORKSPACE, PROJECT, IMAGE = (UUID(int=n) for n in (1, 2, 3))
KEY = "original/photo.jpg"
ARGS = {
    "workspace_id": str(WORKSPACE),
    "project_id": str(PROJECT),
    "original_key": KEY,
    "image_id": str(IMAGE),
    "version_id": str(IMAGE),
    "kind": None,
    "source_key": KEY,
    "source_sha256": "a" * 64,
    "prompt": "a bright room",
    "template": "modern",
}
PLACE = Place(
    workspace_id=WORKSPACE,
    project_id=PROJECT,
    image_id=IMAGE,
    version_id=UUID(int=4),
    original_key=KEY,
    engine="local",
    params_hash="b" * 64,
)
ARTIST, SOFTWARE = 0x013B, 0x0131
TASK = Task(
    id=UUID(int=9),
    kind="enhance_image",
    subject=IMAGE,
    workspace_id=WORKSPACE,
    args=ARGS,
    meta={},
    claims=1,
    failures=0,
)


def enhanced(content: bytes, alteration: str = "technical") -> Enhanced:
    return Enhanced(content=content, model="m", alteration=alteration)


class Painter:
    """An engine of somebody else's, who answers what it is told to."""

    name = "painter"

    def __init__(self, answer: bytes, alteration: str = "material") -> None:
        self.answer, self.alteration = answer, alteration

    def inpaint(
        self, image: bytes, mask: bytes, mode: str, prompt: str, report: Report
    ) -> Enhanced:
        assert (image, mask, mode, prompt) == (ORIGINAL, b"a mask", "remove", "")
        return enhanced(self.answer)

    def enhance(self, image: bytes, prompt: str, template: str, report: Report) -> Enhanced:
        assert (image, prompt, template) == (ORIGINAL, "a bright room", "modern")
        report(60, "processing")
        return Enhanced(content=self.answer, model="painter-1", alteration=self.alteration)


def picture(size: tuple[int, int], file_format: str = "JPEG", **options: Any) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", size, "teal").save(content, file_format, **options)
    return content.getvalue()


ORIGINAL = picture((8, 6), exif=Image.Exif())


@pytest.fixture
def storing(tmp_path: Path) -> Storing:
    blobs = Folder(tmp_path / "blobs", "https://media.example", ("key",))
    blobs.put(KEY, ORIGINAL)
    (tmp_path / "work").mkdir()
    return Storing(blobs=blobs, work=tmp_path / "work")


def keys(storing: Storing) -> set[str]:
    return {each.key for each in storing.blobs.listed("")}


def told(steps: list[tuple[int, str]]) -> Report:
    return lambda percent, step: steps.append((percent, step))


def test_the_result_is_stored_under_its_content_and_described(storing: Storing) -> None:
    steps = list[tuple[int, str]]()

    result = enhance(storing, Painter(picture((2_000, 1_500), "PNG")), TASK, told(steps))

    content = b"".join(storing.blobs.chunks(result["key"]))
    sha256 = hashlib.sha256(content).hexdigest()
    key = f"{WORKSPACE}/{PROJECT}/result/{IMAGE}/{IMAGE}-{sha256[:16]}"
    assert result == {
        "key": f"{key}.jpg",
        "size": len(content),
        "sha256": sha256,
        "width": 2_000,
        "height": 1_500,
        "model": "painter-1",
        "engine": "painter",
        "alteration": "material",
        "params_hash": params_hash("painter", "painter-1", ARGS),
    }
    assert keys(storing) == {KEY, f"{key}.jpg", f"{key}-320.jpg", f"{key}-1280.jpg"}
    for name, longest in (
        (f"{key}.jpg", 2_000),
        (f"{key}-320.jpg", 320),
        (f"{key}-1280.jpg", 1280),
    ):
        stored = Image.open(io.BytesIO(b"".join(storing.blobs.chunks(name))))
        assert (stored.format, max(stored.size)) == ("JPEG", longest)
        assert b"/compositeWithTrainedAlgorithmicMedia<" in stored.info["xmp"]
    assert steps == [
        (10, "fetching"),
        (25, "uploading"),
        (60, "processing"),
        (80, "saving"),
        (100, "completed"),
    ]
    assert enhance(storing, Painter(picture((2_000, 1_500), "PNG")), TASK, told([])) == result


def test_an_edit_is_stored_as_a_version_of_its_own(storing: Storing) -> None:
    storing.blobs.put("mask.png", b"a mask")
    version, steps = UUID(int=5), list[tuple[int, str]]()
    edit = {"kind": "edit", "mode": "remove", "mask_key": "mask.png", "prompt": None}
    args = {**ARGS, **edit, "version_id": str(version)}

    result = inpaint(
        storing, Painter(picture((8, 6))), replace(TASK, subject=version, args=args), told(steps)
    )

    assert f"/result/{IMAGE}/{version}-" in result["key"]
    assert result["params_hash"] == params_hash("painter", "m", args)
    assert steps == [(10, "fetching"), (25, "preparing"), (80, "saving"), (100, "completed")]


def test_a_result_has_the_originals_credits_and_nothing_of_what_its_maker_wrote(
    storing: Storing,
) -> None:
    camera, maker = Image.Exif(), Image.Exif()
    camera[ARTIST], maker[ARTIST], maker[SOFTWARE] = "Kari", "A provider", "A provider's"
    storing.blobs.put(KEY, picture((8, 6), exif=camera))
    made = picture((9, 6), exif=maker, comment=b"made by a provider", xmp=b"<x>provider</x>")

    result = stored(storing, PLACE, enhanced(made))

    content = b"".join(storing.blobs.chunks(result.key))
    assert dict(Image.open(io.BytesIO(content)).getexif()) == {ARTIST: "Kari"}
    assert b"provider" not in content.lower()


@pytest.mark.parametrize(
    ("engine", "alteration", "kind"),
    [
        ("local", "technical", "algorithmicallyEnhanced"),
        ("local", "material", "compositeSynthetic"),
        ("fal", "technical", "compositeWithTrainedAlgorithmicMedia"),
        ("fal", "material", "compositeWithTrainedAlgorithmicMedia"),
    ],
)
def test_a_file_says_how_it_came_to_be(
    storing: Storing, engine: str, alteration: str, kind: str
) -> None:
    result = stored(storing, replace(PLACE, engine=engine), enhanced(picture((9, 6)), alteration))

    content = b"".join(storing.blobs.chunks(result.key))
    assert f"digitalsourcetype/{kind}<".encode() in Image.open(io.BytesIO(content)).info["xmp"]
    assert (result.engine, result.alteration) == (engine, alteration)


def test_an_original_that_is_gone_is_a_storage_error(storing: Storing) -> None:
    storing.blobs.delete(KEY)

    for attempt in (
        lambda: enhance(storing, Painter(picture((9, 6))), TASK, told([])),
        lambda: stored(storing, PLACE, enhanced(picture((9, 6)))),
    ):
        with pytest.raises(Unavailable) as failure:
            attempt()
        assert word_of(failure.value) == "storage_error"


@pytest.mark.parametrize(
    "answer",
    [b"<html>", picture((40, 30))[:-300], b"\xff\xd8\xff" + bytes(51 * 1024 * 1024)],
    ids=["HTML", "cut", "51 MB"],
)
def test_an_answer_that_is_no_picture_is_not_taken(storing: Storing, answer: bytes) -> None:
    with pytest.raises(Unavailable) as failure:
        enhance(storing, Painter(answer), TASK, told([]))

    assert word_of(failure.value) == "provider_bad_output"
    assert keys(storing) == {KEY}
