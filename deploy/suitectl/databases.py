"""A database for each service in PostgreSQL, and three roles: owner, app, reader.

The owner migrates, the app role works and the reader looks; what the two may, the migrations say.
Nobody connects to another service's database. Passwords leave this process only as what PostgreSQL
keeps of them, so that no statement in a log shows one.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import psycopg
from psycopg import sql

from chassis.database.address import CONNECT_S
from chassis.errors import Conflict, Unavailable
from suitectl.change import Change
from suitectl.keys import ROLES

Admin = psycopg.Connection[Any]


def changes(
    admin_url: str, services: Iterable[str], passwords: Mapping[str, str], *, alone: bool
) -> Iterator[Change]:
    """Yield what is missing in the server of `admin_url` (a superuser's), in the order to make it.

    `passwords`: role -> password, for `<service>_owner`, `<service>_app`, `<service>_reader`.
    `alone`: the server is this suite's, whose roles reach no database but their own.
    Raises `Unavailable` without a server that takes writes, `Conflict` for a database that is
    somebody else's.
    """
    with as_admin(admin_url) as admin:
        if admin.execute("show transaction_read_only").fetchone() == ("on",):
            raise Unavailable("suitectl.database_unavailable", "the server takes no writes")
        for service in services:
            for role in ROLES:
                yield from _role(admin, f"{service}_{role}", passwords[f"{service}_{role}"])
            yield from _database(admin, service)
        for database in ("postgres", "template1") if alone else ():
            yield from _closed(admin, database)


def as_admin(admin_url: str) -> Admin:
    """Return a superuser's connection. Raises `Unavailable`."""
    try:
        return psycopg.connect(admin_url, autocommit=True, connect_timeout=CONNECT_S)
    except psycopg.OperationalError as error:
        reason = " ".join(str(error).split())
        raise Unavailable("suitectl.database_unavailable", reason) from None


def _role(admin: Admin, role: str, password: str) -> Iterator[Change]:
    known = admin.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone()
    if known is None:
        yield Change(what=f"role {role}", make=partial(_set, admin, "create", role, password))
    elif not _lets_in(admin, role, password):
        yield Change(
            what=f"password of role {role}", make=partial(_set, admin, "alter", role, password)
        )


def _set(admin: Admin, verb: str, role: str, password: str) -> None:
    kept = admin.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    statement = sql.SQL(f"{verb} role {{}} login password {{}}")
    admin.execute(statement.format(sql.Identifier(role), sql.Literal(kept.decode())))


def _lets_in(admin: Admin, role: str, password: str) -> bool:
    """Return whether the server takes the password; a right to connect is another matter."""
    try:
        with psycopg.connect(admin.info.dsn, user=role, password=password):
            return True
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            return False
        if "permission denied for database" in str(error):
            return True
        raise


def _database(admin: Admin, service: str) -> Iterator[Change]:
    name = sql.Identifier(service)
    known = owner_of(admin, service)
    if known not in (None, f"{service}_owner"):
        raise Conflict(
            "suitectl.not_our_database",
            f"the database {service} belongs to {known}; if it is this suite's, restored:"
            f" alter database {service} owner to {service}_owner",
        )
    if known is None:
        owner = sql.Identifier(f"{service}_owner")
        create = sql.SQL("create database {} owner {}").format(name, owner)
        yield Change(what=f"database {service}", make=partial(admin.execute, create))
    yield from _closed(admin, service)
    for role in (f"{service}_app", f"{service}_reader"):
        if known is None or not _may_connect(admin, role, service):
            grant = sql.SQL("grant connect on database {} to {}").format(name, sql.Identifier(role))
            yield Change(
                what=f"database {service}: open to {role}", make=partial(admin.execute, grant)
            )


def _closed(admin: Admin, database: str) -> Iterator[Change]:
    """Yield the end of everybody's right to connect; in a rehearsal it may be yet to be made."""
    if owner_of(admin, database) is None or _may_connect(admin, "public", database):
        revoke = sql.SQL("revoke all on database {} from public").format(sql.Identifier(database))
        yield Change(
            what=f"database {database}: closed to others", make=partial(admin.execute, revoke)
        )


def owner_of(admin: Admin, database: str) -> str | None:
    """Return the role that a database belongs to, None where there is no such database."""
    query = "select pg_get_userbyid(datdba)::text from pg_database where datname = %s"
    row = admin.execute(query, [database]).fetchone()
    return str(row[0]) if row else None


def _may_connect(admin: Admin, role: str, database: str) -> bool:
    """Return whether `role` ('public': everybody) was granted the right itself."""
    granted = admin.execute(
        "select 1 from pg_database d"
        " cross join aclexplode(coalesce(datacl, acldefault('d', datdba))) a"
        " where datname = %s and privilege_type = 'CONNECT'"
        " and case grantee when 0 then 'public' else pg_get_userbyid(grantee)::text end = %s",
        [database, role],
    )
    return granted.fetchone() is not None
