"""A few tables in memory, which take statements written for PostgreSQL: SQLite runs them.

Rows come out as a reader of PostgreSQL has them. What SQLite does not know is whether a value
fits its column's type: that is seen where there is a real database.
"""

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, JSON, Boolean, Column, Date, DateTime, Executable, Table, select
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.schema import CreateIndex, CreateTable

_DIALECT = psycopg.dialect()  # type: ignore[no-untyped-call]
# what PostgreSQL writes otherwise than SQLite
_JOINED_JSON = re.compile(r"([\w.]+) \|\| %\((\w+)\)s::JSONB")
_PARAMETER = re.compile(r"%\((\w+)\)s(?:::(?:TIMESTAMP WITH TIME ZONE|\w+(?:\[\])?))?")
_EMPTY = "{}"  # an array's default
_TRUTH = {0: False, 1: True, "false": False, "true": True}  # a default of the table is a word


class Tables:
    """Tables with their constraints and unique indexes. Close it, or use `contextlib.closing`."""

    def __init__(self, *tables: Table) -> None:
        self._sqlite = sqlite3.connect(":memory:", isolation_level=None)
        self._sqlite.create_function("greatest", 2, _greatest, deterministic=True)
        self._sqlite.create_function("joined", 2, _joined, deterministic=True)
        for table in tables:
            self._sqlite.execute(str(CreateTable(table).compile(dialect=_DIALECT)))
            for index in table.indexes:
                self._sqlite.execute(str(CreateIndex(index).compile(dialect=_DIALECT)))

    def close(self) -> None:
        """Forget them."""
        self._sqlite.close()

    def execute(
        self, statement: Executable, parameters: Mapping[str, Any] | None = None
    ) -> "Answer":
        """Run a statement, as a connection of SQLAlchemy does."""
        compiled: Any = statement.compile(  # type: ignore[attr-defined]
            dialect=_DIALECT, compile_kwargs={"render_postcompile": True}
        )
        given = {**compiled.construct_params(), **(parameters or {})}
        words, stored = _words(str(compiled)), {name: _stored(given[name]) for name in given}
        cursor = self._sqlite.execute(words, stored)
        asked = list(getattr(statement, "exported_columns", ()))
        return Answer([SimpleNamespace(**_row(asked, row)) for row in cursor])

    def exec_driver_sql(self, sql: str, parameters: Sequence[Mapping[str, Any]]) -> None:
        """Run a statement in PostgreSQL's words, as a connection of SQLAlchemy does."""
        words = _words(sql)
        for each in parameters:
            self._sqlite.execute(words, {name: _stored(each[name]) for name in each})

    def rows(self, table: Table) -> list[dict[str, Any]]:
        """Return all rows, in the order in which they were written."""
        query = str(select(table).compile(dialect=_DIALECT))
        return [_row(list(table.c), row) for row in self._sqlite.execute(f"{query} order by rowid")]


class Answer:
    """The rows that a statement has, as a result of SQLAlchemy's gives them."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def all(self) -> Sequence[Any]:
        """Return all rows."""
        return self._rows

    def one_or_none(self) -> Any:
        """Return the one row, None where there is none."""
        assert len(self._rows) <= 1
        return self._rows[0] if self._rows else None

    def scalars(self) -> "Answer":
        """Return what stands first in each row."""
        return Answer([next(iter(vars(row).values())) for row in self._rows])


def _words(sql: str) -> str:
    return _PARAMETER.sub(r":\1", _JOINED_JSON.sub(r"joined(\1, :\2)", sql))


def _row(columns: Sequence[Any], row: Sequence[Any]) -> dict[str, Any]:
    return {column.name: _read(column, value) for column, value in zip(columns, row, strict=True)}


def _stored(value: Any) -> Any:
    match value:
        case UUID():
            return str(value)
        case datetime():
            assert value.tzinfo is not None, f"{value} has no time zone"
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case date():
            return value.isoformat()
        case dict() | list():
            return json.dumps(value)
    return value


def _read(column: Column[Any], stored: Any) -> Any:
    match column.type:
        case _ if stored is None:
            return None
        case Boolean():
            return _TRUTH[stored]
        case DateTime():
            return datetime.fromisoformat(stored)
        case Date():
            return date.fromisoformat(stored)
        case JSON():
            return json.loads(stored)
        case ARRAY() if stored == _EMPTY:
            return []
        case ARRAY():
            return json.loads(stored)
    return stored


def _greatest(one: Any, other: Any) -> Any:
    return max((each for each in (one, other) if each is not None), default=None)


def _joined(one: str | None, other: str | None) -> str | None:
    return None if one is None or other is None else json.dumps(json.loads(one) | json.loads(other))
