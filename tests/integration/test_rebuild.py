"""A rebuild: from the events alone the same rows come out as stood there before."""

import random
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from chassis.asked import Written
from chassis.errors import Rejected
from chassis.personal import keep, recall, recall_optional
from chassis.unit import rebuilding
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from integration.stages import boxes
from integration.stages.box_database import (
    MINE,
    THEIRS,
    Database,
    all_at_once,
    call,
    number_all,
    open_box,
    person,
    put_in,
)

TABLES = ("box", "shelf")


def rebuild(own: Database, app: App) -> None:
    number_all(app)
    with own.owner() as engine, engine.begin() as connection:
        rebuilding.fill(connection, app.codec, app.service.projections)


def differences(own: Database) -> list[Any]:
    """Return what stands in one of the two and not in the other."""
    return [
        (table, *row)
        for table in TABLES
        for one, other in (("public", "rebuilt"), ("rebuilt", "public"))
        for row in own.rows(
            f"select '{one}', * from {one}.{table} except select '{one}', * from {other}.{table}"
        )
    ]


def open_for(app: App, owner: str, workspace_id: UUID = MINE) -> UUID:
    """Open a box with an owner's name and address, and for some a note."""
    box_id = uuid4()

    def work(unit: Unit) -> Written:
        note = {"note": f"for {owner}"} if len(owner) % 2 else {}
        texts = {"owner": owner, "owner_email": f"{owner}@example.com", **note}
        unit.execute(keep(box_id, box_id, texts))
        command = boxes.OpenBox(workspace_id=workspace_id, label=owner)
        return unit.decide(boxes.box, box_id, command).written

    app.answer(call(person(workspace_id)), work)
    return box_id


def history(app: App, shelf_id: UUID, seed: int) -> None:
    """Live through a random history, on boxes of its own and a shelf shared with others."""
    chance = random.Random(seed)
    workspace_id = chance.choice([MINE, THEIRS])
    own_boxes = [open_for(app, f"{seed}-{'x' * n}", workspace_id) for n in range(3)]
    for turn in range(25):
        commands: list[Any] = [
            boxes.PutIn(thing=str(turn), weight_g=chance.randint(0, 500)),
            boxes.Shelve(shelf_id=shelf_id),
            boxes.Seal(),
            boxes.Unseal(),
        ]
        box_id, command = chance.choice(own_boxes), chance.choice(commands)
        try:
            app.handle(boxes.box, box_id, command, call(person(workspace_id)))
        except Rejected as refusal:
            assert refusal.code == "boxes.sealed"


def lived(app: App) -> None:
    shelf_id = uuid4()
    app.handle(boxes.shelf, shelf_id, boxes.Build(workspace_id=MINE), call())
    ended = all_at_once([partial(history, app, shelf_id, seed) for seed in range(6)])
    assert ended == [None] * 6


def test_after_random_histories_the_rebuilt_tables_equal_the_live_ones(
    own: Database, app: App
) -> None:
    lived(app)
    rebuild(own, app)
    assert own.one("select count(*) from rebuilt.box") == 18
    assert own.one("select boxes from rebuilt.shelf") > 0
    assert own.one("select count(*) from rebuilt.box where owner like '%%x%%'") == 12
    assert differences(own) == []


def test_a_rebuild_can_be_done_again(own: Database, app: App) -> None:
    box_id = open_box(app)
    rebuild(own, app)
    put_in(app, box_id, "saw")
    assert len(differences(own)) == 2
    rebuild(own, app)
    assert differences(own) == []


def test_what_was_forgotten_reads_erased_in_line_and_after_a_rebuild(
    own: Database, app: App
) -> None:
    lived(app)
    forgotten = open_for(app, "ada")
    own.change("delete from personal where row_id = %(id)s", id=str(forgotten))
    rebuild(own, app)
    shown = "select owner, owner_email, note from {}.box where id = %(id)s"
    erased = [("[erased]", f"[erased]-{forgotten}", None)]
    assert own.rows(shown.format("rebuilt"), id=str(forgotten)) == erased
    # in line: the same columns set by the same subqueries, as erasing does it
    table = boxes.box_table
    erasing = {
        "owner": recall(forgotten, "owner"),
        "owner_email": recall(forgotten, "owner_email", unique=True),
        "note": recall_optional(forgotten, "note"),
    }
    statement = update(table).where(table.c.id == str(forgotten)).values(erasing)
    with app.engine.begin() as connection:
        connection.execute(statement)
    assert own.rows(shown.format("public"), id=str(forgotten)) == erased
    assert differences(own) == []


def test_what_was_never_known_reads_erased_both_ways(own: Database, app: App) -> None:
    box_id = open_box(app)
    rebuild(own, app)
    for schema in ("public", "rebuilt"):
        rows = own.rows(f"select owner, owner_email, note from {schema}.box")
        assert rows == [("[erased]", f"[erased]-{box_id}", None)]


def test_what_has_no_position_yet_waits_for_the_next_rebuild(own: Database, app: App) -> None:
    open_box(app)
    with own.owner() as engine, engine.begin() as connection:
        rebuilding.fill(connection, app.codec, app.service.projections)
    assert own.one("select count(*) from rebuilt.box") == 0


def test_the_rebuilt_tables_have_their_indexes(own: Database, app: App) -> None:
    rebuild(own, app)
    query = "select indexname from pg_indexes where schemaname = '{}' and tablename = 'box'"
    live, rebuilt = (sorted(own.rows(query.format(each))) for each in ("public", "rebuilt"))
    assert live == rebuilt
    assert ("box_label",) in live


def test_a_history_that_breaks_a_unique_index_does_not_rebuild(own: Database, app: App) -> None:
    open_box(app, "tools")
    own.change("drop index box_label")
    open_box(app, "tools")
    own.change("delete from box")
    own.change("create unique index box_label on box (workspace_id, label)")
    with pytest.raises(IntegrityError, match="box_label"):
        rebuild(own, app)
    assert own.one("select count(*) from pg_namespace where nspname = 'rebuilt'") == 0


def test_a_projection_that_was_damaged_differs(own: Database, app: App) -> None:
    """The comparison itself: it sees one changed value."""
    lived(app)
    rebuild(own, app)
    own.change("update box set weight_g = weight_g + 1 where id = (select min(id) from box)")
    assert [each[0] for each in differences(own)] == ["box", "box"]


def test_many_pages_of_events_are_rebuilt(own: Database, app: App) -> None:
    box_id = open_box(app)

    def work(unit: Unit) -> dict[str, Any]:
        for number in range(1_100):
            command = boxes.PutIn(thing=str(number), weight_g=1)
            unit.decide(boxes.box, box_id, command)
        return {}

    app.answer(call(), work)
    rebuild(own, app)
    assert own.rows("select things from rebuilt.box") == [(1_100,)]
    assert differences(own) == []
