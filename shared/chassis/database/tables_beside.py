"""Tables in the schema `rebuilt`: made like the live ones, and put in their place.

The live table is the model, not the code: a rebuild changes rows, only a migration columns,
constraints, indexes and grants.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from sqlalchemy import Connection, Table, func, select, text
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.exc import SQLAlchemyError

from chassis.errors import Conflict

Shape = list[tuple[str, str]]  # (when it is run, statement) of what makes a table what it is
Shapes = Mapping[str, Shape]  # by table, quoted

_PREPARER = psycopg.dialect().identifier_preparer  # type: ignore[no-untyped-call]


def make(connection: Connection, tables: Sequence[Table]) -> Shapes:
    """Make the tables, empty and without their indexes; return what the live ones look like.

    Constraints stand at once: a `project` may rely on a unique one.
    """
    connection.execute(text("drop schema if exists rebuilt cascade"))
    connection.execute(text("create schema rebuilt"))
    shapes = {name: _shape(connection, "public", name) for name in _names(tables)}
    connection.execute(_REBUILT_FIRST)
    for name, shape in shapes.items():
        _run(connection, [_LIKE.format(name)])
        _run(connection, [statement for when, statement in shape if when == "before loading"])
    return shapes


def enter(connection: Connection, tables: Sequence[Table]) -> None:
    """Let this transaction's statements on the tables find those in `rebuilt`."""
    _enter(connection, _names(tables))


def _enter(connection: Connection, names: Iterable[str]) -> None:
    # held by their full names: were they gone, what follows would change the live ones
    _run(connection, [f"lock table {_listed('rebuilt', names)} in row exclusive mode"])
    connection.execute(_REBUILT_FIRST)


def complete(connection: Connection, shapes: Shapes) -> None:
    """Make the indexes, and let the planner know the tables."""
    _enter(connection, shapes)
    for name, shape in shapes.items():
        _run(connection, [statement for when, statement in shape if when == "after loading"])
        _run(connection, [f"analyze rebuilt.{name}"])


def stop_vacuum(connection: Connection, shapes: Shapes) -> None:
    """Keep vacuum and changes of the tables out; who reads or writes is not in the way."""
    tables = f"events, {_listed('public', shapes)}, {_listed('rebuilt', shapes)}"
    _run(connection, [f"lock table {tables} in share update exclusive mode"])


def must_match(connection: Connection, shapes: Shapes) -> None:
    """Raise `Conflict("chassis.table_changed")` if a table and the live one are not alike."""
    for name in shapes:
        if _shape(connection, "public", name) != _shape(connection, "rebuilt", name):
            raise Conflict("chassis.table_changed", f"{name} is not what it was at the start")
    connection.execute(_REBUILT_FIRST)


def exchange(connection: Connection, shapes: Shapes) -> None:
    """Put the tables in the place of the live ones, which are dropped."""
    _run(connection, [f"drop table {_listed('public', shapes)}"])
    _run(connection, [f"alter table rebuilt.{name} set schema public" for name in sorted(shapes)])
    _run(connection, ["drop schema rebuilt"])


def forget(connection: Connection) -> None:
    """Drop what was made; without a connection the next `make` does."""
    if not connection.invalidated:
        with suppress(SQLAlchemyError), connection.begin():
            connection.execute(text("drop schema if exists rebuilt cascade"))


def count_live(connection: Connection, tables: Sequence[Table]) -> dict[str, int]:
    """Return how many rows each live table has."""
    counts = {table.name: select(func.count()).select_from(table) for table in tables}
    return {name: connection.execute(count).scalar_one() for name, count in counts.items()}


def _names(tables: Iterable[Table]) -> list[str]:
    return [_PREPARER.quote(table.name) for table in tables]


def _listed(schema: str, names: Iterable[str]) -> str:
    return ", ".join(f"{schema}.{name}" for name in sorted(names))


def _run(connection: Connection, statements: Iterable[str]) -> None:
    for statement in statements:  # a % in an index's condition is no parameter
        connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


def _shape(connection: Connection, schema: str, name: str) -> Shape:
    # what the server prints leaves out the schema that comes first
    connection.execute(text(f"set local search_path to {schema}"))
    rows = connection.execute(_SHAPE, {"table": f"{schema}.{name}"})
    return [(row.when_run, row.statement) for row in rows]


_REBUILT_FIRST = text("set local search_path to rebuilt, public")
_LIKE = "create table rebuilt.{0} (like public.{0} including all excluding indexes)"
_SHAPE = text(
    """
with live as (
    select oid, relname, relowner, relacl, reloptions from pg_class
    where oid = cast(:table as regclass)
), grants as (
    select privilege_type, grantee, is_grantable, null as attname
    from live, aclexplode(relacl)
    union all
    select privilege_type, grantee, is_grantable, attname
    from live join pg_attribute on attrelid = live.oid, aclexplode(attacl)
)
select 'by the model' as when_run, format('%I %s%s%s', attname, format_type(atttypid, atttypmod),
    case when attnotnull then ' not null' end,
    ' default ' || pg_get_expr(adbin, adrelid)) as statement
from live join pg_attribute on attrelid = live.oid
    left join pg_attrdef on adrelid = live.oid and adnum = attnum
where attnum > 0 and not attisdropped
union all
select case when contype in ('c', 'n') then 'by the model' else 'before loading' end,
    format('alter table %I add constraint %I %s', relname, conname,
        pg_get_constraintdef(pg_constraint.oid))
from live join pg_constraint on conrelid = live.oid
union all
select 'before loading', format('alter table %I owner to %I', relname, pg_get_userbyid(relowner))
from live
union all
select 'before loading', format('alter table %I set (%s)', relname,
    array_to_string(reloptions, ', '))
from live where reloptions is not null
union all
select 'before loading', format('grant %s%s on %I to %s%s', privilege_type,
    ' (' || quote_ident(attname) || ')', relname,
    case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end,
    case when is_grantable then ' with grant option' end)
from live, grants
union all
select 'after loading', pg_get_indexdef(indexrelid, 0, true)
from live join pg_index on indrelid = live.oid
where not exists (select from pg_constraint where conindid = indexrelid)
order by 1, 2
"""
)
