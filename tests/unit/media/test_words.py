"""The closed lists of rooms and styles, and the words an engine is given."""

import pytest

from media.domain.rooms import ROOM_TYPES, label
from media.domain.templates import KEEP, TEMPLATES, prompt
from media.gateways.grade import GRADES
from media.gateways.twilight import TWILIGHT


def test_every_style_is_one_the_local_engine_can_do() -> None:
    assert set(TEMPLATES) == {*GRADES, TWILIGHT}


def test_there_are_twenty_seven_rooms() -> None:
    assert len(set(ROOM_TYPES)) == 27


@pytest.mark.parametrize(
    ("room_type", "read"),
    [("living-room", "Living Room"), ("sauna", "Sauna"), ("childrens-room", "Children's Room")],
)
def test_a_room_has_a_label(room_type: str, read: str) -> None:
    assert label(room_type) == read


def test_the_words_name_the_room_the_look_and_what_must_stay() -> None:
    words = prompt("scandinavian", "living-room")

    assert "living room" in words
    assert TEMPLATES["scandinavian"].prompt in words
    assert words.endswith(KEEP)


@pytest.mark.parametrize("room_type", [None, "other"])
def test_without_a_known_room_the_words_name_none(room_type: str | None) -> None:
    assert prompt("modern", room_type) == f"{TEMPLATES['modern'].prompt} {KEEP}"
