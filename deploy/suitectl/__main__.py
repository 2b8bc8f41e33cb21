"""`suitectl …`: what operators do to the suite, on the host of the service it concerns."""

import argparse
import logging
import sys
from collections.abc import Sequence

from auth import accounts
from auth.app import SERVICE as AUTH
from chassis import postgres, settings
from chassis.domain import value
from chassis.errors import ServiceError
from chassis.handling import App


@value
class Database:
    """The database of the service that a command concerns."""

    database_url: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; return the exit code."""
    logging.basicConfig(level=logging.ERROR)  # what is refused is said below, in one line
    chosen = _parser().parse_args(arguments)
    try:
        print(chosen.do(chosen))
    except (ServiceError, settings.Misconfigured) as error:
        print(f"suitectl: {_explained(error)}", file=sys.stderr)
        return 1
    return 0


def create_admin(chosen: argparse.Namespace) -> str:
    """Make a system admin in auth's database; the password comes on standard input."""
    password = sys.stdin.readline().rstrip("\n")
    engine = postgres.engine(settings.load(Database).database_url, name="suitectl", connections=1)
    try:
        made = accounts.create_system_admin(
            App(service=AUTH, engine=engine), chosen.email, password
        )
    finally:
        engine.dispose()
    return f"system admin {made['id']}"


def _explained(error: Exception) -> str:
    details = getattr(error, "details", {})
    return f"{error} {details}" if details else str(error)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="suitectl", description=__doc__)
    areas = parser.add_subparsers(dest="area", required=True)
    admin = areas.add_parser("admin", help="system admins (auth)").add_subparsers(
        dest="task", required=True
    )
    create = admin.add_parser("create", help="make one, in the database of DATABASE_URL")
    create.add_argument("--email", required=True)
    create.add_argument(
        "--password-stdin", action="store_true", required=True, help="a line of standard input"
    )
    create.set_defaults(do=create_admin)
    return parser


if __name__ == "__main__":
    sys.exit(main())
