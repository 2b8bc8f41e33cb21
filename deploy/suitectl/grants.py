"""Grants: what listeners may read of a service's feed, as rows in that service's own database.

The secrets note it and are the only source; a database that was made anew, or restored, is brought
to what they say.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from chassis.database import installation
from chassis.database.installation import Installation
from chassis.errors import Unavailable
from suitectl import site
from suitectl.change import Change
from suitectl.inventory import Inventory
from suitectl.keys import Keys

Types = Mapping[str, list[str]]  # by listener
# What a server says of a role or a database that `init` has yet to make.
NOT_MADE = ("does not exist", "password authentication failed")


def changes(given: Inventory, held: Keys) -> Iterator[Change]:
    """Yield what makes each database's grants those of the secrets, where it has a place for them.

    Raises `Unavailable` without a server.
    """
    for service in given.services:
        there, wanted = found(given, held, service), _noted(held, service)
        if there is None:
            continue
        for name in sorted(there.keys() | wanted.keys()):
            types = wanted.get(name, [])
            if there.get(name, []) != types:
                what = f"{service}: {name} reads {', '.join(types) or 'nothing any more'}"
                yield Change(what=what, make=partial(_write, given, held, service, name, types))


def waiting(given: Inventory, held: Keys) -> Iterator[str]:
    """Yield a line for each database that is not migrated yet and so cannot hold its grants."""
    for service in given.services:
        noted = _noted(held, service)
        if noted and found(given, held, service) is None:
            names = ", ".join(noted)
            yield f"not yet: {names} may read {service}'s feed after its migrate, and init again"


def found(given: Inventory, held: Keys, service: str) -> Types | None:
    """Return what a service's database grants; None where it is not made or not migrated yet.

    Raises `Unavailable` without a server.
    """
    try:
        with _connected(given, held, service) as owner:
            if owner.execute(_THERE).fetchone() == (None,):
                return None
            return {name: types for name, types in owner.execute(_FOUND).fetchall()}
    except psycopg.OperationalError as error:
        reason = " ".join(str(error).split())
        if any(each in reason for each in NOT_MADE):
            return None
        raise Unavailable("suitectl.database_unavailable", f"{service}: {reason}") from None


def _noted(held: Keys, service: str) -> Types:
    told = {
        name: sorted(each for each in noted["types"] if each.partition(".")[0] == service)
        for name, noted in held["consumers"].items()
    }
    return {name: types for name, types in told.items() if types}


def _write(given: Inventory, held: Keys, service: str, name: str, types: list[str]) -> None:
    details = Jsonb({"name": name, "types": types})
    ours = Installation(service=service, suite=UUID(held["suite"]))
    with _connected(given, held, service) as owner, owner.transaction():
        installation.require(owner, ours, as_app=False)
        owner.execute(_DELETE, [name])
        if types:
            owner.execute(_INSERT, [name, types])
        owner.execute(_AUDIT, [site.account(), details])


def _connected(given: Inventory, held: Keys, service: str) -> psycopg.Connection[Any]:
    password = held["roles"][f"{service}_owner"]
    return psycopg.connect(site.role_url(given, service, "owner", password), autocommit=True)


_THERE = "select to_regclass('public.listeners')"
_FOUND = "select name, types from listeners"
_DELETE = "delete from listeners where name = %s"
_INSERT = "insert into listeners values (%s, %s)"
_AUDIT = "insert into audit (who, did, details) values (%s, 'consumer', %s)"
