"""`python -m billing journal`: print the books of one moment."""

import argparse
import sys
from uuid import UUID

from sqlalchemy import Engine

from billing.domain.accounts import CHART, Numbers, numbers
from billing.gateways import beancount
from billing.gateways.beancount import Heading
from billing.projections import ledger
from chassis import settings
from chassis.database import installation, postgres, schema_rule
from chassis.database.database_url import DatabaseUrl
from chassis.domain import value
from chassis.errors import ServiceError
from chassis.settings import Misconfigured


@value
class Books:
    """What it takes to print them."""

    database_url: DatabaseUrl
    accounts: Numbers = "{}"
    suite: UUID | None = None  # as the service's processes have it


def run(service: str, chosen: argparse.Namespace) -> int:
    """Print them; return the exit code."""
    try:
        given = settings.load(Books)
        engine = postgres.engine(given.database_url, name=f"{service} journal", connections=1)
        try:
            installation.guard(engine, service, given.suite, as_app=True)
            schema_rule.require(engine, service)
            _print(engine, given)
        finally:
            engine.dispose()
    except (Misconfigured, ServiceError) as error:
        print(f"{service} journal: {error}", file=sys.stderr)
        return 1
    return 0


def _print(engine: Engine, given: Books) -> None:
    given_numbers = numbers(given.accounts)
    headings = [
        Heading(word=each.word, number=given_numbers[each.word], kind=each.kind) for each in CHART
    ]
    with engine.connect() as connection:
        for line in beancount.ledger(headings, ledger.entries(connection)):
            print(line)
