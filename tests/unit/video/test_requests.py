from typing import Any

import pytest

from chassis.asked import Asked
from chassis.codec import load_with
from chassis.errors import Invalid
from chassis.marshalling import request
from contracts.video.drafts import CreateVideo
from contracts.video.runs import StartVideo
from video.schemas import MAX_PRICE_ORE, RULES

IMAGE = "00000000-0000-0000-0000-000000000001"
CLIP = {"image_generation_id": IMAGE, "room_type": "kitchen"}


def loaded(asked: type[Asked[Any]], **given: Any) -> dict[str, Any]:
    fields: dict[str, Any] = load_with(request(asked, RULES[asked]), given)
    return fields


def draft(**given: Any) -> CreateVideo:
    return CreateVideo(**loaded(CreateVideo, **{"name": "Film", "clips": [CLIP, CLIP], **given}))


def refused(**given: Any) -> dict[str, Any]:
    with pytest.raises(Invalid) as refusal:
        draft(**given)
    fields: dict[str, Any] = refusal.value.details["fields"]
    return fields


def test_what_is_not_said_has_the_defaults_of_the_seed() -> None:
    asked = draft()
    assert (asked.aspect_ratio, asked.music_volume) == ("16:9", 50)
    assert asked.generate_native_audio is True
    assert (asked.clips[0].duration_seconds, asked.clips[0].transition_type) == (5, "seamless")


def test_a_draft_may_go_to_the_limits_of_what_is_allowed() -> None:
    clip = {**CLIP, "duration_seconds": 10, "room_label": "x" * 100}
    asked = draft(name="x" * 200, description="x" * 2000, music_volume=100, clips=[clip])
    assert (len(asked.name), asked.music_volume) == (200, 100)
    assert (asked.clips[0].duration_seconds, asked.clips[0].room_label) == (10, "x" * 100)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"room_type": "moon"}, "room_type"),
        ({"duration_seconds": 7}, "duration_seconds"),
        ({"image_generation_id": None}, "image_generation_id"),
        ({"source_image_url": "https://pictures.example/1.jpg"}, "image_generation_id"),
        ({"room_label": ""}, "room_label"),
        ({"room_label": "x" * 101}, "room_label"),
    ],
)
def test_a_clip_that_cannot_be_is_refused_with_its_place(wrong: dict[str, Any], field: str) -> None:
    faults = refused(clips=[CLIP, {**CLIP, **wrong}])["clips"]
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


def test_a_price_that_cannot_be_is_refused() -> None:
    for price in (None, 0, MAX_PRICE_ORE):
        asked = loaded(StartVideo, video_project_id=IMAGE, max_price_ore=price)
        assert asked["max_price_ore"] == price
    for price in (-1, MAX_PRICE_ORE + 1):
        with pytest.raises(Invalid) as refusal:
            loaded(StartVideo, video_project_id=IMAGE, max_price_ore=price)
        assert list(refusal.value.details["fields"]) == ["max_price_ore"]
