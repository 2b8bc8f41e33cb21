"""What exists under a suite's names and is not what its secrets know: another's, perhaps.

What the secrets know and the servers merely lack is none of this, nor are other rights or limits.
All is said in words.
"""

from collections.abc import Iterable, Iterator

from chassis.errors import Conflict
from suitectl import databases
from suitectl.databases import Admin, Wanted


def refuse(found: Iterable[str], advice: str) -> None:
    """Raise `Conflict` with all that was found, if anything was."""
    if reasons := "; ".join(found):
        raise Conflict("suitectl.not_ours", f"{reasons}: {advice}", retryable=False)


def roles(admin: Admin, wanted: Wanted) -> Iterator[str]:
    """Yield the roles with another password."""
    for role in wanted.roles():
        name, password = wanted.named(role), wanted.passwords[role]
        if databases.is_there(admin, name) and not databases.lets_in(admin, name, password):
            yield f"the role {name} has another password"


def owned(admin: Admin, wanted: Wanted) -> Iterator[str]:
    """Yield the databases that belong to another role or are another suite's."""
    for service, database, owner in _there(admin, wanted):
        known = databases.identity(admin, database)
        if owner != wanted.owner(service):
            yield f"the database {database} belongs to {owner}"
        if known is not None and known.suite not in (None, wanted.suite):
            yield f"the database {database} is that of {known}"


def misplaced(admin: Admin, wanted: Wanted) -> Iterator[str]:
    """Yield the databases of another service, which no service can work on."""
    for service, database, _ in _there(admin, wanted):
        known = databases.identity(admin, database)
        if known is not None and known.service != service:
            yield f"the database {database} is that of {known}"


def unmarked(admin: Admin, wanted: Wanted) -> Iterator[str]:
    """Yield the databases that do not carry the suite's identity."""
    for service, database, _ in _there(admin, wanted):
        if databases.identity(admin, database) != wanted.of(service):
            yield f"the database {database} does not carry this suite's identity"


def _there(admin: Admin, wanted: Wanted) -> Iterator[tuple[str, str, str]]:
    """Yield each service whose database there is, the database, its owner."""
    for service in wanted.services:
        database = wanted.named(service)
        if owner := databases.owner_of(admin, database):
            yield service, database, owner
