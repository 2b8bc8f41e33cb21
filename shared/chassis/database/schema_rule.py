"""The schema rule: a service refuses an older schema than its own and tolerates a newer one.

So a database is migrated first (expand) and its processes follow one by one, those of the version
before still at work on it; what only they need is taken away a version later (contract).
"""

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from chassis.database import migrations, postgres
from chassis.errors import Conflict, Unavailable


def require(engine: Engine, service: str) -> migrations.Schema:
    """Return the database's schema if it is as new as the code's, or newer: both parts of it.

    Raises:
        Unavailable: `chassis.schema_too_old` if it is older or there is none;
            `chassis.schema_unreleased` if it is to be cleaned;
            `chassis.database_unavailable` without a database.
    """
    needed, found = migrations.newest(service), _found(engine, service)
    if found.service < needed.service:
        raise _too_old(service, "schema", found.service, needed.service)
    if found.frame < needed.frame:
        raise _too_old(service, "the frame's schema", found.frame, needed.frame)
    return found


def require_same(engine: Engine, service: str) -> None:
    """Return if the database's schema is the code's: neither older nor newer.

    Raises what `require` raises, and `Conflict("chassis.code_too_old")` for a newer one.
    """
    found, needed = require(engine, service), migrations.newest(service)
    if newer(found, needed):
        raise Conflict(
            "chassis.code_too_old",
            f"the database of {service} is of a newer version than this code, which would leave"
            " out what that has added: do it with the newer version",
        )


def newer(found: migrations.Schema, needed: migrations.Schema) -> bool:
    """Return whether a schema that was found has something that the code does not know."""
    return found.service > needed.service or found.frame > needed.frame


def _found(engine: Engine, service: str) -> migrations.Schema:
    try:
        with engine.connect() as connection:
            return migrations.found(connection, service)
    except SQLAlchemyError as error:
        postgres.judge(error, (), {})
        raise


def _too_old(service: str, what: str, found: int, needed: int) -> Unavailable:
    return Unavailable(
        "chassis.schema_too_old",
        f"the database of {service} has {what} {found:04}, this version needs {needed:04}: "
        f"run python -m {service} migrate",
        details={"found": found, "needed": needed},
        retryable=False,
    )
