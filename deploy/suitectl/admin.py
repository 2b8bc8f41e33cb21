"""System admins, in auth's database (DATABASE_URL), on the host of auth."""

import argparse
import sys
from uuid import UUID

from auth import admins
from auth.app import SERVICE as AUTH
from chassis import settings
from chassis.database import installation, postgres
from chassis.domain import value
from chassis.setting_rules import WebAddress
from chassis.unit.handling import App


@value
class Database:
    """The database of the service that a command concerns."""

    database_url: str
    suite: UUID | None = None  # as the service's processes have it


@value
class Linked(Database):
    """The same, and where links lead."""

    app_url: WebAddress


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    tasks = parser.add_subparsers(dest="task", required=True)
    create = tasks.add_parser("create", help="make one, in the database of DATABASE_URL")
    create.add_argument("--email", required=True)
    create.add_argument(
        "--password-stdin",
        action="store_true",
        help="a line of standard input; without it a link is printed, under which it is chosen",
    )


def run(chosen: argparse.Namespace) -> int:
    """Make a system admin; the password comes on standard input, or by the link that is printed."""
    given: Database | Linked = settings.load(Database if chosen.password_stdin else Linked)
    engine = postgres.engine(given.database_url, name="suitectl", connections=1)
    installation.guard(engine, AUTH.name, given.suite, as_app=True)
    app = App(service=AUTH, engine=engine)
    try:
        if isinstance(given, Linked):
            id, token = admins.invite_system_admin(app, chosen.email)
            print(f"system admin {id}")
            print("shown this once, good for a day, the password is chosen there:")
            print(f"{given.app_url}/reset-password?token={token}")
        else:
            password = sys.stdin.readline().rstrip("\n")
            print(f"system admin {admins.create_system_admin(app, chosen.email, password)['id']}")
    finally:
        engine.dispose()
    return 0
