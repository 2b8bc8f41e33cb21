"""Bring databases to the newest schema that the installed version knows, one after the other."""

import argparse

from sqlalchemy import Engine

from chassis.database import migrations
from suitectl import show, site
from suitectl.site import Site


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("services", nargs="*", metavar="SERVICE", help="else all of the inventory")
    site.arguments(parser, changes=True)


def run(chosen: argparse.Namespace) -> int:
    """Migrate and say from which revision to which, and so of the frame's own tables."""
    suite = Site(chosen.inventory)
    rows = [_migrated(suite, each, chosen.who) for each in suite.services(chosen.services)]
    show.table(rows, chosen.json)
    return 0


def _migrated(suite: Site, service: str, who: str) -> dict[str, str | None]:
    site.code(service)  # one line where it is not installed
    with suite.engine(service, "owner") as engine:
        before = _schema(engine, service)
        migrations.upgrade(service, suite.url(service, "owner"), suite.suite)
        after = _schema(engine, service)
        moved = {
            "from": _shown(before.service),
            "to": _shown(after.service),
            "frame_from": _shown(before.frame),
            "frame_to": _shown(after.frame),
        }
        if before != after:
            site.audit(engine, who, "migrate", moved)
    return {"service": service, **moved}


def _schema(engine: Engine, service: str) -> migrations.Schema:
    with engine.connect() as connection:
        return migrations.found(connection, service)


def _shown(number: int) -> str | None:
    return f"{number:04}" if number else None
