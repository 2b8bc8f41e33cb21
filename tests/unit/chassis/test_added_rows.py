"""A row that is only added: what SQLAlchemy would say of it, in the same order and on its table."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text, insert

from chassis.testing.projected import projected
from chassis.unit.projection import Added, Change, Projection
from chassis.unit.store import Recorded

DATA = MetaData()
table = Table(
    "thing",
    DATA,
    Column("id", Text, primary_key=True),
    Column("place", Integer, nullable=False),
    Column("weight", BigInteger),
)
another = Table("another", DATA, Column("id", Text, primary_key=True))
SUBJECT = UUID(int=7)


def rows_of(change: type[Added] | None, **more: Any) -> list[dict[str, Any]]:
    def project(recorded: Recorded) -> Iterable[Change]:
        for place in (2, 1):
            row = {"id": f"{place}", "place": place, **more}
            yield Added(table=table, row=row) if change else insert(table).values(**row)

    return projected(Projection(table=table, project=project), [(SUBJECT, object())])


@pytest.mark.parametrize("more", [{}, {"weight": None}, {"weight": 2**40}])
def test_it_is_the_row_that_a_statement_would_have_added(more: dict[str, Any]) -> None:
    assert rows_of(Added, **more) == rows_of(None, **more)
    assert [row["place"] for row in rows_of(Added, **more)] == [1, 2]


def test_a_projection_adds_to_no_other_table() -> None:
    def project(recorded: Recorded) -> Iterable[Change]:
        yield Added(table=another, row={"id": "1"})

    with pytest.raises(AssertionError, match="the projection of thing"):
        projected(Projection(table=table, project=project), [(SUBJECT, object())])
