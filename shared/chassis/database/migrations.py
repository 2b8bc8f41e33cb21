"""A database's schema: the frame's own steps, then the service's scripts, which alembic runs.

The scripts lie in the folder `migrations` of the service's package.
"""

import re
import time
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import UUID

from alembic import command, context
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError

from chassis.database import installation, reading, schema_projections, schema_steps
from chassis.database.address import connect_timeout, parsed
from chassis.database.installation import Installation
from chassis.database.postgres import LOCK_NOT_AVAILABLE, WORTH_A_RETRY, out_of_reach
from chassis.domain import value
from chassis.errors import Conflict, Unavailable

FRAME = {  # made by chassis.database.schema_steps or alembic, not by a service's metadata
    "alembic_version",
    "audit",
    "commands",
    "cursors",
    "events",
    "forgotten",
    "frame_schema",
    "installation",
    "jobs",
    "leases",
    "listeners",
    "parked",
    "pending",
    "personal",
    "positions",
    "projection_builds",
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


@value
class Schema:
    """How far a schema is: the number of the service's last script, the frame's last step."""

    service: int
    frame: int


def newest(service: str) -> Schema:
    """Return the schema that this code knows."""
    scripts = ScriptDirectory.from_config(config(service))
    return Schema(service=int(scripts.get_current_head() or 0), frame=schema_steps.newest())


def found(connection: Connection, service: str) -> Schema:
    """Return the schema of this database, 0 for what it has nothing of.

    Raises:
        Unavailable: `chassis.schema_unreleased` if the frame's tables were made before the frame
            had versions of its own, or the service's before its first script; nothing leads on
            from there.
    """
    there = connection.execute(_MIGRATED).scalar_one()
    last = int(connection.execute(_REVISION).scalar() or 0) if there else 0
    schema = Schema(service=last, frame=schema_steps.version(connection))
    if schema.service and not (schema.frame and schema.service >= _first(service)):
        raise Unavailable(
            "chassis.schema_unreleased",
            f"the database of {service} is of an older, unreleased version, to be cleaned: drop"
            " the suite's databases, then suitectl init and migrate; the demo's: make demo-clean",
            retryable=False,
        )
    return schema


def _first(service: str) -> int:
    return int(ScriptDirectory.from_config(config(service)).get_base() or 0)


def upgrade(service: str, url: str, suite: UUID | None = None) -> None:
    """Bring a service's database to its newest schema; `url` is the owner's.

    `suite` is the identity of whose it is: written down where there is none yet.

    A migration never makes traffic wait long: where it is not given a lock in time it is undone
    whole, lets those go on who queued behind it, and tries again. A schema that is newer stays as
    it is: whoever goes back to an older release goes on with it.

    Raises:
        Conflict: `chassis.schema_busy` if another migration, a rebuild or the traffic never
            made room for it; `chassis.not_our_database`.
        Unavailable: without a database; `chassis.schema_unreleased`, see `found`.
        Invalid: for what is no URL.
    """
    for attempt in range(TRIES):
        try:
            configured = config(service, url, suite)
            configured.attributes["upgrading"] = True
            with _ALEMBIC:
                command.upgrade(configured, "head")
            return
        except DBAPIError as error:
            if out_of_reach(error):
                reason = " ".join(str(error.orig).split())
                raise Unavailable("chassis.database_unavailable", reason) from None
            if not gave_way(error):
                raise
            time.sleep(min(0.1 * 2**attempt, PAUSE_MAX_S))
    raise Conflict("chassis.schema_busy", f"{service}'s tables are in use all the time")


def write(service: str, url: str, message: str, suite: UUID | None = None) -> None:
    """Write the next numbered migration for what the service's tables changed."""
    number = f"{newest(service).service + 1:04}"
    command.revision(config(service, url, suite), message, autogenerate=True, rev_id=number)


def config(service: str, url: str | None = None, suite: UUID | None = None) -> Config:
    """Return alembic's configuration for a service; `url` is the owner's."""
    made = Config()
    scripts = Path(str(files(service))) / "migrations"
    # alembic reads options with interpolation
    made.set_main_option("script_location", str(scripts).replace("%", "%%"))
    whose = Installation(service=service, suite=suite)
    made.attributes.update(service=service, url=url, whose=whose)
    return made


def run(metadata: MetaData, digests: Mapping[str, str]) -> None:
    """Run the scripts: what each service's `migrations/env.py` calls.

    `digests`: by table, of the code that fills the service's projections.
    """
    given = context.config.attributes
    where = parsed(given["url"])
    patience = {"connect_timeout": connect_timeout(where)}
    engine = create_engine(where, poolclass=NullPool, connect_args=patience)
    with engine.begin() as connection:
        _take_turn(connection)
        service, whose = given["service"], given["whose"]
        installation.require(installation.driver_of(connection), whose, as_app=False)
        roles = _roles(connection, service)
        before = found(connection, service)
        connection.execute(text(f"set local lock_timeout = '{LOCK_WAIT_S}s'"))
        if given.get("upgrading"):
            schema_steps.upgrade(connection, roles)
            installation.write(connection, whose)
            if before.service > newest(service).service:
                return
        context.configure(
            connection=connection,
            target_metadata=metadata,
            include_name=ours,
            compare_server_default=True,
        )
        context.run_migrations()
        # `describe` shows it, and the schema rule reads it; by the frame's default the app role
        # could write there too
        connection.execute(text(f"revoke all on alembic_version from {roles}_app"))
        connection.execute(text(f"grant select on alembic_version to {roles}_app"))
        if given.get("upgrading"):
            schema_projections.note_migrated(connection, digests)
        reading.grant(connection, roles, metadata)


def _take_turn(connection: Connection) -> None:
    connection.execute(text(f"set local lock_timeout = '{TURN_WAIT_S}s'"))
    try:
        connection.execute(text(f"select pg_advisory_xact_lock({ONE_AT_A_TIME})"))
    except OperationalError as error:
        if not gave_way(error):
            raise
        message = "another migration or a rebuild is at work"
        raise Conflict("chassis.schema_busy", message) from None


def _roles(connection: Connection, service: str) -> str:
    """Return what the names of the service's roles begin with, which the owner's own shows."""
    owner = connection.execute(text("select current_user")).scalar_one()
    named = re.fullmatch(rf"([a-z_]*{service})_owner", owner)
    return named[1] if named else service


def gave_way(error: DBAPIError) -> bool:
    """Return whether a lock was not given in time, or was a deadlock's: others go first."""
    return getattr(error.orig, "sqlstate", None) in (LOCK_NOT_AVAILABLE, *WORTH_A_RETRY)


def ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Return whether a name in the database is a service's rather than the frame's."""
    return not (kind == "table" and name in FRAME)


_MIGRATED = text("select to_regclass('public.alembic_version') is not null")
_REVISION = text("select max(version_num) from public.alembic_version")
