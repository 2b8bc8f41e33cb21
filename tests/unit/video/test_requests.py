"""What video's door asks of requests beyond their types."""

from typing import Any

import pytest

from chassis.asked import Asked
from chassis.codec import load_with
from chassis.errors import Invalid
from chassis.marshalling import request
from contracts.video.clips import AddClip, UpdateClip
from contracts.video.costs import DiffCost
from contracts.video.drafts import CreateFromStoryboard, CreateVideo, UpdateVideo
from contracts.video.music import AddMusicTrack
from contracts.video.runs import RaiseCap, StartVideo
from contracts.video.uploads import ConfirmUploads, RequestUploads
from video.schemas import MAX_CAP_CENTS, MAX_PRICE_ORE, RULES

IMAGE = "00000000-0000-0000-0000-000000000001"
VIDEO = {"video_project_id": IMAGE}
CLIP = {"image_generation_id": IMAGE, "room_type": "kitchen"}
ADDRESS = "https://pictures.example/1.jpg"
FILE = {"file_name": "1.jpg", "content_type": "image/jpeg", "size_bytes": 1, "sha256": "0" * 64}
SOUND = {"content_type": "audio/mpeg", "size_bytes": 1, "sha256": "0" * 64}
TRACK = {"name": "N", "category": "calm", "mood": "warm", "file": SOUND}


def loaded(asked: type[Asked[Any]], **given: Any) -> dict[str, Any]:
    fields: dict[str, Any] = load_with(request(asked, RULES[asked]), given)
    return fields


def draft(**given: Any) -> CreateVideo:
    return CreateVideo(**loaded(CreateVideo, **{"name": "Film", "clips": [CLIP, CLIP], **given}))


def refused(asked: type[Asked[Any]], **given: Any) -> dict[str, Any]:
    with pytest.raises(Invalid) as refusal:
        loaded(asked, **given)
    assert refusal.value.code == "chassis.invalid_argument"
    fields: dict[str, Any] = refusal.value.details["fields"]
    return fields


def test_what_is_not_said_has_the_defaults_of_the_seed() -> None:
    asked = draft()
    assert (asked.aspect_ratio, asked.music_volume) == ("16:9", 50)
    assert (asked.motion, asked.show_logo, asked.end_card) == ("calm", False, False)
    assert asked.generate_native_audio is True
    assert (asked.clips[0].duration_seconds, asked.clips[0].transition_type) == (5, "seamless")


def test_a_draft_may_go_to_the_limits_of_what_is_allowed() -> None:
    texts = {"room_label": "x" * 100, "motion_prompt": "a\n" * 250}
    clip = {**CLIP, **texts, "duration_seconds": 10, "end_image_url": ADDRESS}
    asked = draft(name="x" * 200, description="x" * 2000, music_volume=100, clips=[clip])
    assert (len(asked.name), asked.music_volume) == (200, 100)
    assert (asked.clips[0].duration_seconds, asked.clips[0].room_label) == (10, "x" * 100)


WRONG = [
    ({"duration_seconds": 7}, "duration_seconds"),
    ({"image_generation_id": None}, "image_generation_id"),
    ({"source_image_url": ADDRESS}, "image_generation_id"),
    ({"end_image_generation_id": IMAGE, "end_image_url": ADDRESS}, "end_image_generation_id"),
    ({"image_generation_id": None, "source_image_url": f"{ADDRESS}\n"}, "source_image_url"),
    ({"end_image_url": "a\u202eb"}, "end_image_url"),
    ({"room_label": ""}, "room_label"),
    ({"room_label": "x" * 101}, "room_label"),
    ({"motion_prompt": "x" * 501}, "motion_prompt"),
    ({"motion_prompt": "a\x07"}, "motion_prompt"),
]


@pytest.mark.parametrize(("wrong", "field"), [*WRONG, ({"room_type": "moon"}, "room_type")])
def test_a_clip_that_cannot_be_is_refused_with_its_place(wrong: dict[str, Any], field: str) -> None:
    clips = [CLIP, {**CLIP, **wrong}]
    for asked, given in ((CreateVideo, {"name": "N"}), (DiffCost, VIDEO)):
        faults = refused(asked, **given, clips=clips)["clips"]
        assert {index: list(each) for index, each in faults.items()} == {1: [field]}
    assert list(refused(AddClip, **VIDEO, clip=clips[1])["clip"]) == [field]


@pytest.mark.parametrize(("wrong", "field"), WRONG)
def test_so_is_a_slot_s_picture(wrong: dict[str, Any], field: str) -> None:
    slots = [{"image_generation_id": IMAGE}, {"image_generation_id": IMAGE, **wrong}]
    given = {"name": "N", "storyboard_id": "room-tour"}
    faults = refused(CreateFromStoryboard, **given, slots=slots)["slots"]
    assert {index: list(each) for index, each in faults.items()} == {1: [field]}


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": " "},
        {"name": "x" * 201},
        {"aspect_ratio": "4:3"},
        {"motion": "wild"},
        {"music_volume": 101},
        {"music_volume": -1},
        {"generate_native_audio": 1},
        {"show_logo": "yes"},
        {"description": "x" * 2001},
        {"video_project_id": "mine"},
        {"unknown": 1},
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_name(wrong: dict[str, Any]) -> None:
    given = {"name": "Film", "clips": [CLIP, CLIP], **wrong}
    assert list(refused(CreateVideo, **given)) == list(wrong)
    assert list(refused(UpdateVideo, **{**VIDEO, **wrong})) == list(wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"image_generation_id": None},
        {"source_image_url": None},
        {"source_image_url": ""},
        {"source_image_url": "x" * 2001},
        {"end_image_url": "a\nb"},
        {"room_type": "moon"},
        {"room_label": ""},
        {"duration_seconds": 7},
        {"transition_type": "fade"},
        {"motion_prompt": "x" * 501},
    ],
)
def test_a_change_of_a_clip_that_cannot_be_is_refused_by_name(wrong: dict[str, Any]) -> None:
    assert list(refused(UpdateClip, **VIDEO, clip_id=IMAGE, **wrong)) == list(wrong)


def test_rooms_may_be_named_in_norwegian() -> None:
    for name in ("Stue", "KJØKKEN", "bassengomra\u030ade"):
        assert draft(clips=[{**CLIP, "room_type": name}]).clips[0].room_type == name


def test_no_place_is_before_the_first() -> None:
    assert loaded(AddClip, **VIDEO, clip=CLIP, at=0)["at"] == 0
    assert list(refused(AddClip, **VIDEO, clip=CLIP, at=-1)) == ["at"]


@pytest.mark.parametrize(
    ("asked", "field", "most"),
    [(StartVideo, "max_price_ore", MAX_PRICE_ORE), (RaiseCap, "cap_cents", MAX_CAP_CENTS)],
)
def test_an_amount_that_cannot_be_is_refused(
    asked: type[Asked[Any]], field: str, most: int
) -> None:
    given = {**VIDEO, "reason": "r"} if asked is RaiseCap else VIDEO
    assert loaded(asked, **given, **{field: most})[field] == most
    for amount in (-1, most + 1):
        assert list(refused(asked, **given, **{field: amount})) == [field]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"size_bytes": 0}, "size_bytes"),
        ({"size_bytes": 25 * 1024 * 1024 + 1}, "size_bytes"),
        ({"content_type": "image/gif"}, "content_type"),
        ({"file_name": ""}, "file_name"),
        ({"sha256": "A" * 64}, "sha256"),
    ],
)
def test_a_file_that_can_be_no_picture_is_named_by_its_index(
    wrong: dict[str, Any], field: str
) -> None:
    faults = refused(RequestUploads, files=[FILE, {**FILE, **wrong}, FILE])["files"]
    assert {index: list(each) for index, each in faults.items()} == {1: [field]}


def test_ten_files_are_sent_and_confirmed_at_a_time() -> None:
    for asked, field, each in (
        (RequestUploads, "files", FILE),
        (ConfirmUploads, "upload_ids", IMAGE),
    ):
        assert len(loaded(asked, **{field: [each] * 10})[field]) == 10
        for count in (0, 11):
            assert list(refused(asked, **{field: [each] * count})) == [field]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"artist": "a\nb"}, "artist"),
        ({"category": "loud"}, "category"),
        ({"mood": "angry"}, "mood"),
        ({"bpm": 0}, "bpm"),
        ({"license_type": ""}, "license_type"),
        ({"attribution": "x" * 501}, "attribution"),
        ({"file": {**SOUND, "size_bytes": 30 * 1024 * 1024 + 1}}, "file"),
        ({"file": {**SOUND, "content_type": "video/mp4"}}, "file"),
    ],
)
def test_a_track_that_cannot_be_is_refused_by_name(wrong: dict[str, Any], field: str) -> None:
    loaded(AddMusicTrack, **TRACK, bpm=72, artist="A", attribution="CC BY 4.0")
    assert list(refused(AddMusicTrack, **{**TRACK, **wrong})) == [field]
