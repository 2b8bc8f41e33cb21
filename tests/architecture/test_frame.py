"""The frame's rooms: no arrow up, no circle, a budget each; the table is `frame.ROOMS`."""

from collections.abc import Mapping

import pytest

from architecture.frame import BY_NAME, ROOMS
from architecture.source import Source, sources

# its help for tests is no part of what runs
ROOM_OF = {f"chassis.{module}": each.name for each in ROOMS for module in each.words}


def frame() -> list[Source]:
    found = [each for each in sources("shared") if each.package == "chassis"]
    return [each for each in found if not each.name.startswith("chassis.testing")]


def allowed(module: str, used: str) -> bool:
    """Return whether a module of the frame may import that other one."""
    room = BY_NAME[ROOM_OF[module]]
    return ROOM_OF[used] in (room.name, *room.may_use)


def arrows(files: list[Source]) -> Mapping[str, list[str]]:
    """Return by file what it imports of rooms that its own may not use."""
    wrong = {}
    for source in files:
        used = {each for each in source.imports() if each in ROOM_OF}
        if found := sorted(each for each in used if not allowed(source.name, each)):
            wrong[source.where] = found
    return wrong


def test_every_module_of_the_frame_has_its_room() -> None:
    assert {each.name for each in frame() if each.name != "chassis"} == set(ROOM_OF)


def test_a_room_uses_only_the_rooms_below_it() -> None:
    assert arrows([each for each in frame() if each.name != "chassis"]) == {}


@pytest.mark.parametrize(
    "module,used,may",
    [
        ("chassis.handling", "chassis.store", True),
        ("chassis.handling", "chassis.postgres", True),
        ("chassis.handling", "chassis.hearing", False),
        ("chassis.errors", "chassis.postgres", False),
        ("chassis.rabbit", "chassis.jobs", False),
        ("chassis.edge", "chassis.green", False),
        ("chassis.serve", "chassis.green", True),
    ],
)
def test_the_law_itself(module: str, used: str, may: bool) -> None:
    assert allowed(module, used) is may


def test_the_rooms_stand_in_an_order_without_a_circle() -> None:
    above: list[str] = []
    for room in ROOMS:
        assert set(room.may_use) <= set(above), room.name
        above.append(room.name)


def test_a_room_stays_within_its_budget() -> None:
    lines = dict.fromkeys(BY_NAME, 0)
    for source in frame():
        lines[ROOM_OF.get(source.name, "ground")] += source.code_lines
    over = {name: count for name, count in lines.items() if count > BY_NAME[name].code_lines}
    assert over == {}, lines
