"""The feed: what is told, in which order, from which cursor on."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.exc import ProgrammingError

from chassis.door import every_service
from chassis.door.edge import Caller, Door
from chassis.door.tokens import AccessTokens
from chassis.errors import Conflict, Forbidden, Invalid
from chassis.every_service import EventsRead
from chassis.green.methods import look
from chassis.identity import services, with_listeners
from chassis.unit import feed
from chassis.unit.envelope import heard
from chassis.unit.feed import START, Stretch
from chassis.unit.handling import App
from embedded.direct import DirectPort
from integration.stages import boxes
from integration.stages.box_database import (
    MINE,
    Database,
    call,
    number_all,
    open_box,
    person,
    put_in,
)

APPEARED, WEIGHED = "boxes.box_appeared", "boxes.weight_added"


def read(app: App, **arguments: Any) -> Stretch:
    with app.engine.connect() as connection:
        return feed.read(connection, "boxes", **arguments)


def pair(item: Any) -> dict[str, Any]:
    return {"position": item["position"], "event_id": item["event_id"]}


def test_an_empty_feed_stands_at_its_start(app: App) -> None:
    page = read(app)
    assert page.reply() == {"items": [], "scanned_to": START, "head": START}


def test_what_has_no_position_yet_is_not_told(app: App) -> None:
    open_box(app)
    assert read(app).items == []
    number_all(app)
    assert [each["type"] for each in read(app).items] == ["boxes.box_appeared"]


def test_private_events_are_not_told_and_the_told_ones_name_each_other(app: App) -> None:
    box_id = open_box(app)
    put_in(app, box_id, "saw", 700)
    app.handle(boxes.box, box_id, boxes.Seal(), call())
    app.handle(boxes.box, box_id, boxes.Unseal(), call())
    put_in(app, box_id, "axe", 900)
    number_all(app)
    items = read(app).items
    assert [each["position"] for each in items] == [1, 2, 5]
    previous = [START["event_id"], items[0]["event_id"], items[1]["event_id"]]
    assert [each["previous"] for each in items] == previous
    assert "axe" not in str(items)


def test_a_told_event_carries_its_attributes(app: App) -> None:
    box_id = open_box(app)
    put_in(app, box_id, "saw", 700)
    number_all(app)
    item = read(app).items[1]
    assert item["data"] == {"box_id": str(box_id), "workspace_id": str(MINE), "weight_g": 700}
    expected = {
        "specversion": "1.0",
        "source": "boxes",
        "type": "boxes.weight_added",
        "subject": str(box_id),
        "time": "2026-03-01T12:00:00Z",
        "partitionkey": f"box-{box_id}",
        "correlationid": "the-correlation",
        "workspaceid": str(MINE),
        "actor": str(person()),
        "streamversion": 2,
    }
    assert {name: item[name] for name in expected} == expected
    assert item["id"] == item["event_id"]
    assert heard(item).name == "weight_added"


def test_a_reader_goes_on_from_its_cursor_page_by_page(app: App) -> None:
    for _ in range(7):
        open_box(app)
    number_all(app)
    whole, after, pages = read(app).items, None, []
    while (page := read(app, after=after, limit=3)).items:
        assert page.scanned_to == pair(page.items[-1])
        assert page.head == pair(whole[-1])
        pages.append(page.items)
        after = page.scanned_to
    assert [len(items) for items in pages] == [3, 3, 1]
    assert [each for items in pages for each in items] == whole
    assert page.scanned_to == after


def test_types_leave_out_others_and_scanned_to_passes_over_them(app: App) -> None:
    box_id = open_box(app)
    for number in range(4):
        put_in(app, box_id, str(number))
    number_all(app)
    page = read(app, types=["boxes.box_appeared"], limit=3)
    assert [each["position"] for each in page.items] == [1]
    assert page.scanned_to["position"] == 3
    page = read(app, types=["boxes.box_appeared"], after=page.scanned_to)
    assert page.items == []
    assert page.scanned_to == page.head
    assert page.head["position"] == 5


@pytest.mark.parametrize("limit", [0, -1, 201])
def test_a_limit_out_of_bounds_is_invalid(app: App, limit: int) -> None:
    with pytest.raises(Invalid):
        read(app, limit=limit)


def test_a_pair_that_the_feed_does_not_know_is_a_fork(app: App) -> None:
    box_id = open_box(app)
    app.handle(boxes.box, box_id, boxes.Seal(), call())  # private
    number_all(app)
    known = pair(read(app).items[0])
    with app.engine.connect() as connection:
        private = connection.exec_driver_sql("select event_id from events where version = 2")
        sealed = str(private.scalar_one())
    forked = [
        {"position": 1, "event_id": str(uuid4())},
        {"position": 99, "event_id": known["event_id"]},
        {"position": 2, "event_id": sealed},
    ]
    for after in forked:
        with pytest.raises(Conflict) as caught:
            read(app, after=after)
        assert caught.value.code == "chassis.forked"
        assert caught.value.details == {"after": after}
        assert not caught.value.retryable
    assert read(app, after=known).items == []


class Feed:
    """What the boxes answer to others' services."""

    name = "boxes"
    events_read = look(EventsRead, every_service.events_read)


def asked_by(app: App, who: str, **arguments: Any) -> Any:
    """Return what a broker user is answered."""
    door = Door(
        app=app,
        tokens=AccessTokens({}),
        permissions={"events_read": with_listeners(services("scales"))},
    )
    return DirectPort(facade=Feed, door=lambda: door, caller=Caller(service=who)).call(
        "events_read", **arguments
    )


def shown(reply: Any) -> list[str]:
    return [each["type"] for each in reply["items"]]


def give(own: Database, who: str, *types: str) -> None:
    own.change("insert into listeners values (%(who)s, %(types)s)", who=who, types=[*types])


def test_a_listener_reads_what_it_was_given_and_goes_on_behind_the_rest(
    own: Database, app: App
) -> None:
    put_in(app, open_box(app), "saw", 700)
    number_all(app)
    give(own, "ledger", APPEARED)
    page = asked_by(app, "ledger")
    assert shown(page) == shown(asked_by(app, "ledger", types=[APPEARED])) == [APPEARED]
    assert page["scanned_to"] == page["head"]
    assert page["head"]["position"] == 2
    assert shown(asked_by(app, "scales")) == [APPEARED, WEIGHED]
    with pytest.raises(Forbidden, match="listener:ledger was not given boxes.weight_added"):
        asked_by(app, "ledger", types=[APPEARED, WEIGHED])


def test_a_listener_that_was_removed_is_refused_at_once(own: Database, app: App) -> None:
    with pytest.raises(Forbidden):
        asked_by(app, "ledger")
    give(own, "ledger", APPEARED)
    asked_by(app, "ledger")
    own.change("delete from listeners")
    with pytest.raises(Forbidden):
        asked_by(app, "ledger")


@pytest.mark.parametrize("who", ["scales", "ledger"])
def test_a_type_that_is_not_told_is_invalid_whoever_asks(own: Database, app: App, who: str) -> None:
    give(own, "ledger", APPEARED)
    with pytest.raises(Invalid) as refused:
        asked_by(app, who, types=[APPEARED, "boxes.box_apeared"])
    assert refused.value.details == {"fields": {"types": ["Not told here: boxes.box_apeared."]}}


def test_a_service_lets_no_listener_in_by_itself(app: App) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), app.engine.begin() as service:
        service.exec_driver_sql("insert into listeners values ('mallory', '{}')")
