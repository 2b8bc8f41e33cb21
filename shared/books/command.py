"""`python -m <service> journal`: print the books of one moment."""

import argparse
import sys
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Engine

from books.domain.chart import Account, numbered
from books.gateways import beancount
from books.gateways.beancount import Heading
from books.projections import entries
from chassis import settings
from chassis.database import installation, postgres, schema_rule
from chassis.database.database_url import DatabaseUrl
from chassis.domain import value
from chassis.errors import ServiceError
from chassis.settings import Misconfigured


@value
class Given:
    """What it takes to print them; a service says of what kind its `accounts` are."""

    database_url: DatabaseUrl
    accounts: str = "{}"
    suite: UUID | None = None  # as the service's processes have it


def run(
    chart: Iterable[Account], given: type[Given], service: str, chosen: argparse.Namespace
) -> int:
    """Print them; return the exit code."""
    try:
        found = settings.load(given)
        engine = postgres.engine(found.database_url, name=f"{service} journal", connections=1)
        try:
            installation.guard(engine, service, found.suite, as_app=True)
            schema_rule.require(engine, service)
            _print(engine, service, headings(chart, found.accounts))
        finally:
            engine.dispose()
    except (Misconfigured, ServiceError) as error:
        print(f"{service} journal: {error}", file=sys.stderr)
        return 1
    return 0


def headings(chart: Iterable[Account], accounts: str = "{}") -> list[Heading]:
    """Return a chart's accounts as they stand in the ledger; `accounts`: their setting."""
    numbers = numbered(chart, accounts)
    return [Heading(word=each.word, number=numbers[each.word], kind=each.kind) for each in chart]


def _print(engine: Engine, service: str, accounts: Iterable[Heading]) -> None:
    with engine.connect() as connection:
        for line in beancount.ledger(service, accounts, entries.listed(connection)):
            print(line)
