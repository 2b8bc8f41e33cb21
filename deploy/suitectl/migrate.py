"""Bring databases to the newest schema that the installed version knows, one after the other."""

import argparse

from alembic.migration import MigrationContext
from sqlalchemy import Connection

from chassis.database import migrations
from suitectl import show, site
from suitectl.site import Site


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("services", nargs="*", metavar="SERVICE", help="else all of the inventory")
    site.arguments(parser, changes=True)


def run(chosen: argparse.Namespace) -> int:
    """Migrate and say from which revision to which."""
    suite = Site(chosen.inventory)
    rows = [_migrated(suite, each, chosen.who) for each in suite.services(chosen.services)]
    show.table(rows, chosen.json)
    return 0


def _migrated(suite: Site, service: str, who: str) -> dict[str, str | None]:
    site.code(service)  # one line where it is not installed
    with suite.engine(service, "owner") as engine:
        with engine.connect() as connection:
            before = revision(connection)
        migrations.upgrade(service, suite.url(service, "owner"))
        with engine.connect() as connection:
            after = revision(connection)
        moved = {"from": before, "to": after}
        if before != after:
            site.audit(engine, who, "migrate", moved)
    return {"service": service, **moved}


def revision(connection: Connection) -> str | None:
    """Return the last migration that ran, None for none."""
    return MigrationContext.configure(connection).get_current_revision()
