"""The frame's rooms: no arrow up, no circle, a budget each; the table is `frame.ROOMS`."""

from collections.abc import Mapping

from architecture.frame import ASKING, BOOKS, BY_NAME, EMPTYING, GATEWAYS, ROOMS
from architecture.source import Source, sources


def frame() -> list[Source]:
    found = [each for each in sources("shared") if each.package == "chassis"]
    return [each for each in found if not each.name.startswith("chassis.testing")]


def below(module: str) -> bool:
    return module.startswith("chassis.") and not module.startswith("chassis.testing")


def room_of(module: str) -> str:
    """Return the room of a module: the package that it lies in, or the ground."""
    inner = module.split(".")[1:]
    return inner[0] if inner and inner[0] in BY_NAME else "ground"


def allowed(module: str, used: str) -> bool:
    """Return whether a module of the frame may import that other one."""
    room = BY_NAME[room_of(module)]
    return room_of(used) in (room.name, *room.may_use)


def arrows(files: list[Source]) -> Mapping[str, str]:
    """Return by file and line what is imported of rooms that the file's own may not use."""
    return {
        source.at(line): module
        for source in files
        for module, line in source.imported
        if below(module) and not allowed(source.name, module)
    }


def test_every_package_of_the_frame_is_a_room_of_the_table() -> None:
    packages = {each.path.parent.name for each in frame()} - {"chassis"}
    assert packages == set(BY_NAME) - {"ground"}


def test_a_room_uses_only_the_rooms_below_it() -> None:
    assert arrows(frame()) == {}


def test_the_law_itself() -> None:
    examples = {
        ("chassis.unit.handling", "chassis.unit.store"): True,
        ("chassis.unit.handling", "chassis.database.postgres"): True,
        ("chassis.unit.handling", "chassis.hearing.live"): False,
        ("chassis.errors", "chassis.database.postgres"): False,
        ("chassis.broker.rabbit", "chassis.jobs.jobs"): False,
        ("chassis.door.edge", "chassis.green.green"): False,
        ("chassis.running.serve", "chassis.green.green"): True,
    }
    assert {each: allowed(*each) for each in examples} == examples


def test_the_rooms_stand_in_an_order_without_a_circle() -> None:
    above: list[str] = []
    for room in ROOMS:
        assert set(room.may_use) <= set(above), room.name
        above.append(room.name)


def test_a_room_stays_within_its_budget() -> None:
    lines = dict.fromkeys(BY_NAME, 0)
    for source in frame():
        lines[room_of(source.name)] += source.code_lines
    over = {name: count for name, count in lines.items() if count > BY_NAME[name].code_lines}
    assert over == {}, lines


def test_what_several_services_have_beside_the_frame_stays_within_its_budget() -> None:
    for room in (ASKING, BOOKS, EMPTYING, GATEWAYS):
        lines = sum(each.code_lines for each in sources("shared") if each.package == room.name)
        assert lines <= room.code_lines, room.name
