"""Alembic, for every service alike: its scripts lie in the package's folder `migrations`."""

import time
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import Any

from alembic import command, context
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError

from chassis.database.postgres import LOCK_NOT_AVAILABLE, WORTH_A_RETRY, parsed
from chassis.errors import Conflict, Unavailable

FRAME = {  # made by chassis.database.schema, not by a service's metadata
    "alembic_version",
    "audit",
    "commands",
    "cursors",
    "events",
    "jobs",
    "leases",
    "parked",
    "pending",
    "personal",
    "positions",
    "relay",
    "revoked",
}
_ALEMBIC = Lock()  # its context is one for the whole process: two threads would mix databases up
ONE_AT_A_TIME = 4243  # advisory lock of whoever changes a database's tables: migration, rebuild
TURN_WAIT_S = 600  # for another one's end
# For a lock on a table: more than the second after which an autovacuum makes room, less than the
# five after which a unit gives up waiting behind us.
LOCK_WAIT_S = 2
TRIES, PAUSE_MAX_S = 30, 5.0


def newest(service: str) -> int:
    """Return the number of the newest migration that the service's scripts know; 0 for none."""
    scripts = ScriptDirectory.from_config(config(service))
    return int(scripts.get_current_head() or 0)


def upgrade(service: str, url: str) -> None:
    """Bring a service's database to its newest schema; `url` is the owner's.

    A migration never makes traffic wait long: where it is not given a lock in time it is undone
    whole, lets those go on who queued behind it, and tries again. A schema that is newer stays as
    it is: whoever goes back to an older release goes on with it.

    Raises:
        Conflict: `chassis.schema_busy` if another migration, a rebuild or the traffic never
            made room for it.
        Unavailable: without a database.
        Invalid: for what is no URL.
    """
    for attempt in range(TRIES):
        try:
            configured = config(service, url)
            configured.attributes["tolerant"] = True
            with _ALEMBIC:
                command.upgrade(configured, "head")
            return
        except OperationalError as error:
            if not gave_way(error):
                reason = " ".join(str(error.orig).split())
                raise Unavailable("chassis.database_unavailable", reason) from None
            time.sleep(min(0.1 * 2**attempt, PAUSE_MAX_S))
    raise Conflict("chassis.schema_busy", f"{service}'s tables are in use all the time")


def write(service: str, url: str, message: str) -> None:
    """Write the next numbered migration for what the service's tables changed."""
    number = f"{newest(service) + 1:04}"
    command.revision(config(service, url), message, autogenerate=True, rev_id=number)


def config(service: str, url: str | None = None) -> Config:
    """Return alembic's configuration for a service; `url` is the owner's."""
    made = Config()
    scripts = Path(str(files(service))) / "migrations"
    # alembic reads options with interpolation
    made.set_main_option("script_location", str(scripts).replace("%", "%%"))
    made.attributes.update(service=service, url=url)
    return made


def run(metadata: MetaData) -> None:
    """Run the scripts: what each service's `migrations/env.py` calls."""
    given = context.config.attributes
    with create_engine(parsed(given["url"]), poolclass=NullPool).begin() as connection:
        _take_turn(connection)
        if given.get("tolerant") and revision(connection) > newest(given["service"]):
            return
        connection.execute(text(f"set local lock_timeout = '{LOCK_WAIT_S}s'"))
        context.configure(
            connection=connection,
            target_metadata=metadata,
            include_name=ours,
            compare_server_default=True,
        )
        context.run_migrations()
        role = f"{given['service']}_app"
        # `describe` shows it, and the schema rule reads it
        connection.execute(text(f"grant select on alembic_version to {role}"))


def revision(connection: Connection) -> int:
    """Return the number of the last migration that ran in this database; 0 for none."""
    if connection.execute(_MIGRATED).scalar_one():
        return int(connection.execute(_REVISION).scalar() or 0)
    return 0


def _take_turn(connection: Connection) -> None:
    connection.execute(text(f"set local lock_timeout = '{TURN_WAIT_S}s'"))
    try:
        connection.execute(text(f"select pg_advisory_xact_lock({ONE_AT_A_TIME})"))
    except OperationalError as error:
        if not gave_way(error):
            raise
        message = "another migration or a rebuild is at work"
        raise Conflict("chassis.schema_busy", message) from None


def gave_way(error: DBAPIError) -> bool:
    """Return whether a lock was not given in time, or was a deadlock's: others go first."""
    return getattr(error.orig, "sqlstate", None) in (LOCK_NOT_AVAILABLE, *WORTH_A_RETRY)


def ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Return whether a name in the database is a service's rather than the frame's."""
    return not (kind == "table" and name in FRAME)


_MIGRATED = text("select to_regclass('public.alembic_version') is not null")
_REVISION = text("select max(version_num) from public.alembic_version")
