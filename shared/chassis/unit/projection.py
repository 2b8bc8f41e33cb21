"""Projections: tables that the events fill, in the append's transaction and in a rebuild alike.

A projection's `project(recorded)` only yields statements, each on the one row it names by `id`,
so it has nothing stale to write back. Two streams that feed one column may only use operations
whose order does not matter (x + n, greatest, least): a rebuild goes by position.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import cache
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, Delete, Insert, Table, Update, insert, select
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.sql.compiler import SQLCompiler

from chassis.codec import Codec
from chassis.database import postgres
from chassis.domain import value
from chassis.errors import NotFound
from chassis.identity import Actor
from chassis.unit.store import Recorded, split_name, version_of


@value
class Added:
    """A new row, said by its values: at a tenth of the cost.

    SQLAlchemy builds a statement for each change and compares its form with those it knows.
    """

    table: Table
    row: Mapping[str, Any]  # by column, `id` among them


Change = Insert | Update | Delete | Added
_DIALECT = psycopg.dialect()  # type: ignore[no-untyped-call]
_COMPILED: dict[Any, SQLCompiler] = {}  # one for each form of a statement that the code has


@value
class Projection:
    """One read model: its table, how events fill it, and what its unique indexes mean."""

    table: Table
    project: Callable[[Recorded], Iterable[Change]]
    unique: Mapping[str, str] = field(
        default_factory=dict
    )  # unique index -> code of the `Rejected` it stands for


def apply(
    connection: Connection, projections: Sequence[Projection], records: Iterable[Recorded]
) -> None:
    """Run what the projections make of `records`."""
    for sql, parameters in statements(projections, records):
        postgres.run(connection, sql, *parameters)


def statements(
    projections: Sequence[Projection], records: Iterable[Recorded]
) -> Iterator[tuple[str, Sequence[Mapping[str, Any]]]]:
    """Yield what the projections make of `records`: sorted by row, equal statements together.

    One order for all transactions, so that two of them that share rows do not deadlock.
    """
    changes = [
        _compiled(change, projection.table)
        for record in records
        for projection in projections
        for change in projection.project(record)
    ]
    changes.sort(key=lambda change: change[:2])  # stable: a row's own changes stay in order
    for sql, run in groupby(changes, key=lambda change: change[2]):
        yield sql, [parameters for *_, parameters in run]


def _compiled(change: Change, own: Table) -> tuple[str, str, str, dict[str, Any]]:
    if change.table is not own:  # beside in a rebuild of this one, it would change the live one
        raise AssertionError(f"the projection of {own} changes {change.table}")
    if isinstance(change, Added):
        row = change.row
        return str(own), str(row["id"]), _adding(own, tuple(row)), dict(row)
    form = change._generate_cache_key()  # as SQLAlchemy knows equal statements in its own cache
    if form is None:
        raise AssertionError(f"{change} has no form of its own")
    if form.key not in _COMPILED:
        _COMPILED[form.key] = change.compile(dialect=_DIALECT, cache_key=form)
    compiled = _COMPILED[form.key]
    parameters = dict(compiled.construct_params(extracted_parameters=form.bindparams))
    key = parameters["id"] if isinstance(change, Insert) else parameters["id_1"]
    return str(change.table), str(key), str(compiled), parameters


@cache
def _adding(table: Table, columns: Sequence[str]) -> str:
    return str(insert(table).compile(dialect=_DIALECT, column_keys=columns))


def row(
    connection: Connection,
    table: Table,
    category: str,
    id: UUID,
    actor: Actor,
    code: str,
    person: Column[Any] | None = None,
) -> dict[str, Any]:
    """Return one row with the version of its stream; `NotFound(code)` where the actor sees none.

    `person`: whose own the row is, wherever they belong. Another workspace's row and no row at all
    are told apart by nothing.
    """
    query = select(table, version_of(category, table.c.id).label("stream_version"))
    found = connection.execute(query.where(table.c.id == str(id))).mappings().one_or_none()
    if found is None:
        raise NotFound(code)
    workspace, own = found["workspace_id"], found[person.name] if person is not None else None
    if not actor.sees(UUID(workspace) if workspace else None, UUID(own) if own else None):
        raise NotFound(code)
    return dict(found)


def recorded(stored: Any, codec: Codec) -> Recorded:
    """Return a stored event as `project` is given it."""
    return Recorded(
        event_id=stored.event_id,
        stream_id=stored.stream_id,
        subject=split_name(stored.stream_id)[1],
        version=stored.version,
        event=codec.load(stored.type, stored.schema_version, stored.data),
        meta=stored.meta,
        recorded_at=stored.recorded_at,
    )
