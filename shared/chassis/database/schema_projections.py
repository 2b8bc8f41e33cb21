"""Which code has built each projection: a step of the frame's schema.

A row a projection, by its table. `digest` is of the code that has made all of its rows; null where
that is not known, or where several have: those of one may lack what those of another hold.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, TextClause, text

_TABLE = """
create table projection_builds (
    name text primary key,
    digest text
);
"""


def make(connection: Connection, roles: str) -> None:
    """Make the table; a process notes there that it works by other code."""
    connection.execute(text(_TABLE))
    connection.execute(text(f"revoke all on projection_builds from {roles}_app"))
    connection.execute(text(f"grant select, update (digest) on projection_builds to {roles}_app"))


def note_migrated(connection: Connection, digests: Mapping[str, str]) -> None:
    """Note projections that a migration finds: who built their rows is known if there are none.

    `digests`: by table, of this code. What is noted already stays, unless there is no event yet.
    """
    _each(connection, _MIGRATED, digests)


def note_built(connection: Connection, digests: Mapping[str, str]) -> None:
    """Note that this code has built all of their rows, as the owner who has just done so."""
    _each(connection, _BUILT, digests)


def note_at_work(connection: Connection, digests: Mapping[str, str]) -> None:
    """Note that rows may come from this code too, where another one has built the projection.

    Nothing is written where nothing is to be noted: a database may be read-only for a while.
    """
    built = noted(connection)
    others = {name: own for name, own in digests.items() if built.get(name) not in (None, own)}
    _each(connection, _AT_WORK, others)


def noted(connection: Connection) -> Mapping[str, str | None]:
    """Return by table the digest of the code that has built all of its rows."""
    return {row.name: row.digest for row in connection.execute(_NOTED)}


def _each(connection: Connection, statement: TextClause, digests: Mapping[str, str]) -> None:
    for name, digest in digests.items():
        connection.execute(statement, {"name": name, "digest": digest})


_MIGRATED = text(
    "insert into projection_builds as known (name, digest)"
    " select :name, case when not exists (select from events) then :digest end"
    " on conflict (name) do update set digest = coalesce(excluded.digest, known.digest)"
)
_BUILT = text(
    "insert into projection_builds (name, digest) values (:name, :digest)"
    " on conflict (name) do update set digest = excluded.digest"
)
_AT_WORK = text(
    "update projection_builds set digest = null where name = :name and digest <> :digest"
)
_NOTED = text("select name, digest from projection_builds")
