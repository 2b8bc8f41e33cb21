"""Forgettable payload: names, e-mails and addresses lie here and never in an event.

The row is written in the command's transaction. Projections fill a seed column by a subquery on
it, so that a line that is gone reads '[erased]' in line and after a rebuild alike.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, column, table
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

ERASED = "[erased]"
# `Column(…, info=PRIVATE)`: somebody's data or a hash; no reader sees it
PRIVATE = {"private": True}

personal = table(
    "personal",
    column("row_id", Text),
    column("field", Text),
    column("subject_id", Text),
    column("value", Text),
)


def keep(row_id: UUID, subject_id: UUID, values: Mapping[str, str]) -> Insert:
    """Return the statement that keeps `values` (field -> text) of a row about `subject_id`."""
    rows = [
        {"row_id": str(row_id), "field": field, "subject_id": str(subject_id), "value": each}
        for field, each in sorted(values.items())
    ]
    statement = insert(personal).values(rows)
    return statement.on_conflict_do_update(
        index_elements=["row_id", "field"], set_={"value": statement.excluded.value}
    )


def recall(row_id: UUID, field: str, *, unique: bool = False) -> ColumnElement[str]:
    """Return what is kept of a row's field; '[erased]' where nothing is (with the id if unique)."""
    gone = f"{ERASED}-{row_id}" if unique else ERASED
    return _Coalesce(str(row_id), field, gone)


def recall_optional(row_id: UUID, field: str) -> ColumnElement[str | None]:
    """Return what is kept of a row's field, or null: for columns that may be empty."""
    return _Nullif(str(row_id), field, "")


class _Recalled(FunctionElement[Any]):
    """What is kept of a row's field, or what stands for it.

    Each event builds its own; out of SQLAlchemy's parts it takes three times as long (45 µs).
    """

    type = Text()
    inherit_cache = True


class _Coalesce(_Recalled):
    name = "coalesce"
    inherit_cache = True


class _Nullif(_Recalled):
    name = "nullif"
    inherit_cache = True


@compiles(_Recalled)
def _sql(recalled: _Recalled, compiler: Any, **options: Any) -> str:
    row_id, field, other = (compiler.process(each, **options) for each in recalled.clauses)
    kept = f"(SELECT value FROM personal WHERE row_id = {row_id} AND field = {field})"  # noqa: S608 - names of parameters
    return f"{recalled.name}({kept}, {other})"
