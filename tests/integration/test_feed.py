"""The feed: what is told, in which order, from which cursor on."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from chassis.errors import Conflict, Invalid
from chassis.unit import feed
from chassis.unit.envelope import heard
from chassis.unit.feed import START, Stretch
from chassis.unit.handling import App
from integration.stages import boxes
from integration.stages.box_database import (
    MINE,
    call,
    database,
    number_all,
    open_box,
    person,
    put_in,
)
from servers.postgres import Server


@pytest.fixture
def app(postgres_server: Server) -> Iterator[App]:
    with database(postgres_server) as own, own.app() as app:
        yield app


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
