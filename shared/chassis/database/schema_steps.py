"""The frame's own tables are versioned by the frame, in one row beside alembic's.

So a later step of the frame is one file here, `schema_<what>.py` with a `make`, and its name at the
end of `STEPS`; no service has a script for it.
"""

from collections.abc import Callable

from sqlalchemy import Connection, text

from chassis.database import (
    schema,
    schema_access,
    schema_claims,
    schema_deaths,
    schema_forgotten,
    schema_installation,
    schema_listeners,
    schema_projections,
)

# in the transaction of a migration; what the roles' names begin with, before `_app`
Step = Callable[[Connection, str], None]

STEPS: tuple[Step, ...] = (  # never edited, only added to
    schema.make,
    schema_claims.make,
    schema_access.make,
    schema_claims.renew,
    schema_projections.make,
    schema_deaths.make,
    schema_listeners.make,
    schema_installation.make,
    schema_forgotten.make,
)


def newest() -> int:
    """Return the version that this code knows."""
    return len(STEPS)


def version(connection: Connection) -> int:
    """Return the version of the frame's tables in this database; 0 for none."""
    if connection.execute(_MADE).scalar_one():
        return int(connection.execute(_VERSION).scalar() or 0)
    return 0


def upgrade(connection: Connection, roles: str) -> None:
    """Do the steps that this database lacks; one that is ahead stays as it is.

    `roles`: what the names of its roles begin with, the service's name behind the suite's prefix.
    """
    found = version(connection)
    if found >= newest():
        return
    if not found:
        # before the first step, whose default would let the app role write here
        connection.execute(_TABLE)
    for step in STEPS[found:]:
        step(connection, roles)
    connection.execute(_UPDATE, {"version": newest()})
    connection.execute(text(f"grant select on frame_schema to {roles}_app"))


_MADE = text("select to_regclass('public.frame_schema') is not null")
_VERSION = text("select version from public.frame_schema")
_TABLE = text(
    """
    create table frame_schema (
        one boolean primary key default true check (one),
        version int not null
    );
    insert into frame_schema (version) values (0);
    """
)
_UPDATE = text("update frame_schema set version = :version")
