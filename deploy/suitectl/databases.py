"""A database for each service in PostgreSQL, and three roles: owner, app, reader.

The owner migrates, the app role works and the reader looks; what the two may, the migrations say.
Nobody connects to another service's database. Each database is marked as its suite's. Passwords
leave this process only as what PostgreSQL keeps of them, so that no statement in a log shows one.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from chassis.database import installation
from chassis.database.address import CONNECT_S
from chassis.database.installation import Installation
from chassis.domain import value
from chassis.errors import Unavailable
from suitectl.change import Change
from suitectl.keys import ROLES

Admin = psycopg.Connection[Any]


@value
class Wanted:
    """What one suite has in a server."""

    services: Sequence[str]
    passwords: Mapping[str, str]  # by role, without the prefix: 'billing_app'
    suite: UUID  # its identity
    prefix: str = ""  # of databases and roles
    alone: bool = False  # the server is this suite's, whose roles reach no database but their own

    def named(self, name: str) -> str:
        """Return what a database or a role is called."""
        return f"{self.prefix}{name}"

    def roles(self) -> list[str]:
        """Return all roles, without the prefix."""
        return [f"{service}_{kind}" for service in self.services for kind in ROLES]

    def owner(self, service: str) -> str:
        """Return the role that owns a service's database."""
        return self.named(f"{service}_owner")

    def of(self, service: str) -> Installation:
        """Return whose a service's database is."""
        return Installation(service=service, suite=self.suite)


def as_admin(admin_url: str) -> Admin:
    """Return a superuser's connection. Raises `Unavailable`."""
    try:
        return psycopg.connect(admin_url, autocommit=True, connect_timeout=CONNECT_S)
    except psycopg.OperationalError as error:
        reason = " ".join(str(error).split())
        raise Unavailable("suitectl.database_unavailable", reason) from None


def changes(admin: Admin, wanted: Wanted) -> Iterator[Change]:
    """Yield what is missing in a server, in the order to make it.

    Raises `Unavailable` for one that takes no writes.
    """
    if admin.execute("show transaction_read_only").fetchone() == ("on",):
        raise Unavailable("suitectl.database_unavailable", "the server takes no writes")
    for service in wanted.services:
        for role in ROLES:
            yield from _role(admin, wanted, f"{service}_{role}")
        yield from _database(admin, wanted, service)
    for database in ("postgres", "template1") if wanted.alone else ():
        yield from _closed(admin, database)


def _role(admin: Admin, wanted: Wanted, role: str) -> Iterator[Change]:
    name, password = wanted.named(role), wanted.passwords[role]
    if not is_there(admin, name):
        yield Change(what=f"role {name}", make=partial(_set, admin, "create", name, password))
    elif not lets_in(admin, name, password):
        make = partial(_set, admin, "alter", name, password)
        yield Change(what=f"password of role {name}", make=make)


def _set(admin: Admin, verb: str, role: str, password: str) -> None:
    kept = admin.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    statement = sql.SQL(f"{verb} role {{}} login password {{}}")
    admin.execute(statement.format(sql.Identifier(role), sql.Literal(kept.decode())))


def _database(admin: Admin, wanted: Wanted, service: str) -> Iterator[Change]:
    database, owner = wanted.named(service), wanted.owner(service)
    known = owner_of(admin, database)
    if known is None:
        create = partial(_create, admin, database, owner, wanted.of(service))
        yield Change(what=f"database {database}", make=create)
    elif known != owner:
        yield Change(
            what=f"database {database}: its owner",
            make=partial(_execute, admin, "alter database {} owner to {}", database, owner),
        )
    if known is not None and identity(admin, database) != wanted.of(service):
        mark = partial(_mark, admin, database, wanted.of(service))
        yield Change(what=f"database {database}: its identity", make=mark)
    yield from _closed(admin, database)
    for role in (wanted.named(f"{service}_app"), wanted.named(f"{service}_reader")):
        if known is None or not _may_connect(admin, role, database):
            yield Change(
                what=f"database {database}: open to {role}",
                make=partial(_execute, admin, "grant connect on database {} to {}", database, role),
            )


def _create(admin: Admin, database: str, owner: str, whose: Installation) -> None:
    _execute(admin, "create database {} owner {}", database, owner)
    _mark(admin, database, whose)


def _mark(admin: Admin, database: str, whose: Installation) -> None:
    """Say whose the database is: in its comment, beside what people wrote there, and its table."""
    query = "select shobj_description(oid, 'pg_database') from pg_database where datname = %s"
    row = admin.execute(query, [database]).fetchone()
    theirs = installation.MARK.sub("", (row and row[0]) or "").strip()
    comment = sql.SQL("comment on database {} is {}")
    text = f"{theirs} {whose.mark()}".strip()
    admin.execute(comment.format(sql.Identifier(database), sql.Literal(text)))
    with _inside(admin, database) as inside:
        if inside.execute("select to_regclass('public.installation')").fetchone() != (None,):
            inside.execute("update public.installation set suite = %s", [whose.suite])


def _closed(admin: Admin, database: str) -> Iterator[Change]:
    """Yield the end of everybody's right to connect; in a rehearsal it may be yet to be made."""
    if owner_of(admin, database) is None or _may_connect(admin, "public", database):
        revoke = partial(_execute, admin, "revoke all on database {} from public", database)
        yield Change(what=f"database {database}: closed to others", make=revoke)


def forget(admin: Admin, wanted: Wanted) -> None:
    """Drop what carries a suite's identity, and the roles with its passwords."""
    for service in wanted.services:
        database = wanted.named(service)
        if owner_of(admin, database) and identity(admin, database) == wanted.of(service):
            _execute(admin, "drop database {} with (force)", database)
    for role in wanted.roles():
        name = wanted.named(role)
        if is_there(admin, name) and lets_in(admin, name, wanted.passwords[role]):
            _execute(admin, "drop role {}", name)


def identity(admin: Admin, database: str) -> Installation | None:
    """Return whose a database says that it is."""
    with _inside(admin, database) as inside:
        return installation.found(inside)


def owner_of(admin: Admin, database: str) -> str | None:
    """Return the role that a database belongs to, None where there is no such database."""
    query = "select pg_get_userbyid(datdba)::text from pg_database where datname = %s"
    row = admin.execute(query, [database]).fetchone()
    return str(row[0]) if row else None


def is_there(admin: Admin, role: str) -> bool:
    """Return whether there is such a role."""
    query = "select 1 from pg_roles where rolname = %s"
    return admin.execute(query, [role]).fetchone() is not None


def lets_in(admin: Admin, role: str, password: str) -> bool:
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


def _inside(admin: Admin, database: str) -> Admin:
    """Return a superuser's connection to another database of the same server."""
    dsn, password = admin.info.dsn, admin.info.password
    return psycopg.connect(dsn, dbname=database, password=password or None)


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


def _execute(admin: Admin, statement: str, *names: str) -> None:
    admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
