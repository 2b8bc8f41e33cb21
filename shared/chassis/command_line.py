"""`python -m <service> …`: what an operator or a developer asks of one service."""

import argparse
from collections.abc import Mapping, Sequence
from types import ModuleType

from sqlalchemy import MetaData, create_engine, make_url

from chassis import decision_table, migrations, settings
from chassis.domain import value


@value
class Owner:
    """What reaches a database with the right to change its schema."""

    database_owner_url: str


def run(
    service: str,
    metadata: MetaData,
    domain: Mapping[str, ModuleType],
    arguments: Sequence[str] | None = None,
) -> None:
    """Do what the command line says; `domain` maps a decider's name to its module."""
    chosen = _parser(service, domain).parse_args(arguments)
    match chosen.task:
        case "decide":
            print(decision_table.markdown(domain[chosen.decider]))
        case "migrate":
            migrations.upgrade(service, settings.load(Owner).database_owner_url)
        case "migration":
            url = settings.load(Owner).database_owner_url
            migrations.write(service, url, chosen.message)
        case "push":
            database = make_url(settings.load(Owner).database_owner_url)
            metadata.create_all(create_engine(database.set(drivername="postgresql+psycopg")))


def _parser(service: str, domain: Mapping[str, ModuleType]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {service}")
    tasks = parser.add_subparsers(dest="task", required=True)
    decide = tasks.add_parser("decide", help="print a decision table")
    decide.add_argument("decider", choices=sorted(domain))
    tasks.add_parser("migrate", help="bring the database of DATABASE_OWNER_URL to this version")
    migration = tasks.add_parser("migration", help="write a migration for what the tables changed")
    migration.add_argument("-m", "--message", required=True)
    tasks.add_parser("push", help="create missing tables without a migration (development only)")
    return parser
