from typing import Any

import pytest

from chassis.codec import load_with
from chassis.errors import Invalid
from video import schemas

IMAGE = "00000000-0000-0000-0000-000000000001"
CLIP = {"image_generation_id": IMAGE, "room_type": "kitchen"}


def refused(**given: Any) -> dict[str, Any]:
    with pytest.raises(Invalid) as refusal:
        load_with(schemas.CreateVideo(), {"name": "Film", "clips": [CLIP, CLIP], **given})
    fields: dict[str, Any] = refusal.value.details["fields"]
    return fields


def test_what_is_not_said_has_the_defaults_of_the_seed() -> None:
    request = load_with(schemas.CreateVideo(), {"name": "Film", "clips": [CLIP, CLIP]})
    assert (request.aspect_ratio, request.music_volume) == ("16:9", 50)
    assert request.generate_native_audio is True
    assert (request.clips[0].duration_seconds, request.clips[0].transition_type) == (5, "seamless")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"room_type": "moon"}, "room_type"),
        ({"duration_seconds": 7}, "duration_seconds"),
        ({"image_generation_id": None}, "image_generation_id"),
        ({"source_image_url": "https://pictures.example/1.jpg"}, "image_generation_id"),
        ({"room_label": ""}, "room_label"),
    ],
)
def test_a_clip_that_cannot_be_is_refused_with_its_place(wrong: dict[str, Any], field: str) -> None:
    (faults,) = refused(clips=[CLIP, {**CLIP, **wrong}])["clips"]
    assert list(faults) == [1]
    assert list(faults[1]) == [field]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": " "},
        {"name": "x" * 201},
        {"aspect_ratio": "4:3"},
        {"music_volume": 101},
        {"music_volume": -1},
        {"generate_native_audio": 1},
        {"description": "x" * 2001},
        {"video_project_id": "mine"},
        {"unknown": 1},
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_name(wrong: dict[str, Any]) -> None:
    assert list(refused(**wrong)) == list(wrong)
