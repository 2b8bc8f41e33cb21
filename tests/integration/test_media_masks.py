"""Masks of photographs: announced, sent, judged by their own pixels, kept as they came."""

import hashlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from PIL import Image, ImageDraw

from chassis.errors import Invalid, NotFound, Rejected
from integration.stages.photographs import HIGH, WIDE, House, Studio, house, studio_on
from media.links import incoming_key
from servers.postgres import Server


@pytest.fixture(scope="module")
def studio(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    folder = tmp_path_factory.mktemp("media")
    with studio_on(postgres_server, folder, MASKS_PER_PROJECT="7") as made:
        yield made


def drawn(
    width: int = WIDE, height: int = HIGH, white: int = 40, file_format: str = "PNG"
) -> bytes:
    """Return a picture with a white square."""
    content = BytesIO()
    picture = Image.new("L", (width, height), "black")
    if white:
        ImageDraw.Draw(picture).rectangle((0, 0, white, white), fill="white")
    picture.save(content, file_format)
    return content.getvalue()


def announced(made: House, image_id: str, *contents: bytes) -> list[str]:
    """Return under which ids these masks are expected."""
    files = [
        {
            "file_name": "mask.png",
            "content_type": "image/png",
            "size_bytes": len(each),
            "sha256": hashlib.sha256(each).hexdigest(),
            "mask_of": image_id,
        }
        for each in contents
    ]
    reply = made.call("request_uploads", project_id=made.project_id, files=files)
    return [each["image_id"] for each in reply["items"]]


def send(made: House, mask_id: str, content: bytes) -> None:
    key = incoming_key(made.workspace_id, UUID(made.project_id), UUID(mask_id))
    made.studio.parts.door.tools.blobs.put(key, content)


def confirmed(made: House, *image_ids: str) -> list[tuple[str, str | None]]:
    reply = made.call("confirm_uploads", project_id=made.project_id, image_ids=list(image_ids))
    return [(each["status"], each.get("error")) for each in reply["items"]]


def test_a_mask_is_judged_by_its_pixels_and_by_the_shape_of_what_it_marks(studio: Studio) -> None:
    made = house(studio)
    (image,) = made.image_ids
    studio.work()
    contents = {
        drawn(WIDE // 2, HIGH // 2): ("mask", None),
        drawn(HIGH, WIDE): ("refused", "media.mask_mismatch"),
        drawn(white=0): ("refused", "media.mask_empty"),
        drawn(file_format="JPEG"): ("refused", "media.content_type_mismatch"),
        drawn()[:99]: ("refused", "media.picture_damaged"),
        b"no picture": ("refused", "media.not_a_picture"),
    }
    mask_ids = announced(made, image, *contents)
    for mask_id, content in zip(mask_ids, contents, strict=True):
        send(made, mask_id, content)

    assert confirmed(made, *mask_ids) == list(contents.values())
    good = mask_ids[0]
    assert [each for each in made.files() if not each.startswith(("original", "result"))] == [
        f"mask/{good}.png"
    ]
    assert made.project()["image_count"] == 1
    assert confirmed(made, good) == [("mask", None)]  # a repeat finds it, and needs no file

    edit = made.call("edit_image", image_generation_id=image, mask_id=good)
    assert edit["image_version"] == 2


def test_masks_are_of_photographs_that_are_there_and_there_are_so_many(studio: Studio) -> None:
    made, neighbour = house(studio), house(studio)
    (image,), (theirs,) = made.image_ids, neighbour.image_ids
    refusals: list[tuple[str, list[bytes], type[Exception], str]] = [
        (theirs, [drawn()], NotFound, r"media\.image_not_found"),
        (image, [drawn()] * 8, Rejected, r"media\.too_many_masks"),
    ]
    for of, contents, kind, code in refusals:
        with pytest.raises(kind, match=code):
            announced(made, of, *contents)
    no_png: dict[str, Any] = {"file_name": "m", "content_type": "image/jpeg", "size_bytes": 1}
    no_png |= {"sha256": "a" * 64, "mask_of": image}
    with pytest.raises(Invalid, match=r"chassis\.invalid_argument"):
        made.call("request_uploads", project_id=made.project_id, files=[no_png])
    assert len(announced(made, image, *[drawn()] * 7)) == 7


def test_a_mask_whose_photograph_went_meanwhile_is_none(studio: Studio) -> None:
    made = house(studio, 2)
    image, _ = made.image_ids
    (mask_id,) = announced(made, image, drawn())
    send(made, mask_id, drawn())
    gone = {"project_id": made.project_id, "image_generation_ids": [image]}
    made.call("delete_images", idempotency_key="gone", **gone)

    assert confirmed(made, mask_id) == [("refused", "media.image_not_found")]
    studio.work()
    assert [each for each in made.files() if mask_id in each or image in each] == []


def test_what_a_file_was_called_is_kept_of_the_person_and_in_no_event(studio: Studio) -> None:
    made = house(studio)
    file: dict[str, Any] = {"file_name": "Kari sitt soverom.jpg", "content_type": "image/jpeg"}
    file |= {"size_bytes": 9, "sha256": "a" * 64}
    reply = made.call("request_uploads", project_id=made.project_id, files=[file])
    kept = studio.rows(
        "select field, value from personal where row_id = :id", id=reply["items"][0]["image_id"]
    )
    assert kept == [("file_name", "Kari sitt soverom.jpg")]
    assert studio.rows("select 1 from events where data::text like '%soverom%'") == []
