"""Alembic, for every service alike: its scripts lie in the package's folder `migrations`."""

from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import Any

from alembic import command, context
from alembic.config import Config
from sqlalchemy import MetaData, create_engine, make_url, text

FRAME = {  # made by chassis.schema, not by a service's metadata
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
ONE_AT_A_TIME = 4243  # advisory lock: two migrations of one database wait for each other


def config(service: str, url: str) -> Config:
    """Return alembic's configuration for a service; `url` is the owner's."""
    made = Config()
    scripts = Path(str(files(service))) / "migrations"
    # alembic reads options with interpolation
    made.set_main_option("script_location", str(scripts).replace("%", "%%"))
    made.attributes.update(service=service, url=url)
    return made


def upgrade(service: str, url: str) -> None:
    """Bring a service's database to its newest schema."""
    with _ALEMBIC:
        command.upgrade(config(service, url), "head")


def run(metadata: MetaData) -> None:
    """Run the scripts: what each service's `migrations/env.py` calls."""
    url = make_url(context.config.attributes["url"]).set(drivername="postgresql+psycopg")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(f"select pg_advisory_xact_lock({ONE_AT_A_TIME})"))
        context.configure(
            connection=connection,
            target_metadata=metadata,
            include_name=ours,
            compare_server_default=True,
        )
        context.run_migrations()
        role = f"{context.config.attributes['service']}_app"
        connection.execute(
            text(f"grant select on alembic_version to {role}")
        )  # `describe` shows it
    engine.dispose()


def ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Return whether a name in the database is a service's rather than the frame's."""
    return not (kind == "table" and name in FRAME)


def write(service: str, url: str, message: str) -> None:
    """Write the next numbered migration for what the service's tables changed."""
    settings = config(service, url)
    scripts = Path(str(files(service))) / "migrations" / "versions"
    number = f"{len(list(scripts.glob('0*.py'))) + 1:04}"
    command.revision(settings, message, autogenerate=True, rev_id=number)
