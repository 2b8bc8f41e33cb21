"""The help with which projections are tested: what it lets pass, the store lets pass too."""

import sqlite3
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    func,
    insert,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.personal import recall, recall_optional
from chassis.testing.projected import Told, at, event_id, kept, projected
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded

BOX, OTHER = UUID(int=1), UUID(int=2)
boxes = Table(
    "box",
    MetaData(),
    Column("id", Text, primary_key=True),
    Column("label", Text),
    Column("size", Integer, nullable=False, server_default="1"),
    Column("full", Boolean, nullable=False, server_default="true"),
    Column("made", JSONB),
    Column("day", Date),
    Column("at", DateTime(timezone=True)),
    CheckConstraint("size > 0", name="box_size"),
    Index("box_label", "label", unique=True),
)
elsewhere = Table("elsewhere", MetaData(), Column("id", Text, primary_key=True))
ROW = {
    "id": str(BOX),
    "label": None,
    "size": 1,
    "full": True,
    "made": None,
    "day": None,
    "at": None,
}
this = update(boxes).where(boxes.c.id == str(BOX))
made = insert(boxes).values(id=BOX)


def shown(*told: Any) -> list[dict[str, Any]]:
    """Return the rows of a projection that takes each event for its statement."""

    def project(recorded: Recorded) -> Iterable[Change]:
        yield recorded.event

    projection = Projection(table=boxes, project=project)
    return projected(projection, [(BOX, each) for each in told])


def test_what_a_table_says_of_a_column_holds() -> None:
    assert shown(made) == [ROW]
    with pytest.raises(sqlite3.IntegrityError, match="box_size"):
        shown(made, this.values(size=0))
    with pytest.raises(sqlite3.IntegrityError, match="NOT NULL"):
        shown(made, this.values(size=None))
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        shown(made.values(label="a"), insert(boxes).values(id=OTHER, label="a"))


def test_values_come_out_as_they_went_in() -> None:
    values = {"full": False, "made": {"by": ["hand"]}, "day": at(1).date(), "at": at(1)}
    assert shown(made.values(**values)) == [{**ROW, **values}]


def test_the_greater_of_two_times_is_taken_and_no_time_is_none() -> None:
    later = this.values(at=func.greatest(boxes.c.at, at(2)))
    for first, latest in ((at(1), at(2)), (at(2), at(2)), (at(3), at(3)), (None, at(2))):
        assert shown(made.values(at=first), later) == [{**ROW, "at": latest}]


def test_json_is_joined_and_none_stays_none() -> None:
    more = this.values(made=boxes.c.made.concat({"b": {"y": 2}}))
    joined = {"a": 1, "b": {"y": 2}}
    assert shown(made.values(made={"a": 1, "b": {"x": 1}}), more) == [{**ROW, "made": joined}]
    assert shown(made, more) == [ROW]


def test_texts_are_those_that_are_kept_at_that_moment() -> None:
    named = this.values(label=recall(BOX, "label"))
    assert shown(made, named) == [{**ROW, "label": "[erased]"}]
    assert shown(made, kept(label="a"), named) == [{**ROW, "label": "a"}]
    assert shown(made, kept(label="a"), named, kept(label="b")) == [{**ROW, "label": "a"}]
    assert shown(made, kept(label="a"), kept(label="b"), named) == [{**ROW, "label": "b"}]
    none = this.values(label=recall_optional(BOX, "label"))
    assert shown(made, kept(label=""), none) == [ROW]


def test_a_statement_names_one_row_of_the_projections_own_table() -> None:
    with pytest.raises(AssertionError, match="changes elsewhere"):
        shown(insert(elsewhere).values(id=BOX))
    with pytest.raises(KeyError):
        shown(made, update(boxes).values(size=2))


def test_events_are_told_apart_by_subject_and_version() -> None:
    seen: list[Recorded] = []

    def project(recorded: Recorded) -> Iterable[Change]:
        seen.append(recorded)
        return ()

    projection = Projection(table=boxes, project=project)
    told: list[Told] = [(BOX, 1), (OTHER, 2), (BOX, kept(label="a")), (BOX, 3), (BOX, 4, at(0.5))]
    projected(projection, told, workspace_id=OTHER)

    assert [(each.subject, each.version, each.event) for each in seen] == [
        (BOX, 1, 1),
        (OTHER, 1, 2),
        (BOX, 2, 3),
        (BOX, 3, 4),
    ]
    assert [each.recorded_at for each in seen] == [at(1), at(2), at(3), at(0.5)]
    assert [each.event_id for each in seen][2] == event_id(BOX, 2)
    assert {each.workspace_id for each in seen} == {OTHER}
