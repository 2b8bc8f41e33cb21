"""System admins, in auth's database (DATABASE_URL), on the host of auth."""

import argparse
import sys
from uuid import UUID

from auth import admins
from auth.app import SERVICE as AUTH
from chassis import settings
from chassis.database import installation, postgres
from chassis.domain import value
from chassis.unit.handling import App


@value
class Database:
    """The database of the service that a command concerns."""

    database_url: str
    suite: UUID | None = None  # as the service's processes have it


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    tasks = parser.add_subparsers(dest="task", required=True)
    create = tasks.add_parser("create", help="make one, in the database of DATABASE_URL")
    create.add_argument("--email", required=True)
    create.add_argument(
        "--password-stdin", action="store_true", required=True, help="a line of standard input"
    )


def run(chosen: argparse.Namespace) -> int:
    """Make a system admin; the password comes on standard input."""
    password = sys.stdin.readline().rstrip("\n")
    given = settings.load(Database)
    engine = postgres.engine(given.database_url, name="suitectl", connections=1)
    installation.guard(engine, AUTH.name, given.suite, as_app=True)
    try:
        made = admins.create_system_admin(App(service=AUTH, engine=engine), chosen.email, password)
    finally:
        engine.dispose()
    print(f"system admin {made['id']}")
    return 0
