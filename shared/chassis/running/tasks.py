"""The commands of a service that do one thing and end."""

import argparse
import sys
from importlib import import_module

from sqlalchemy import create_engine

from chassis import decision_table, settings
from chassis.database import address, migrations
from chassis.domain import value
from chassis.errors import ServiceError
from chassis.running import check
from chassis.settings import Misconfigured


@value
class Owner:
    """What reaches a database with the right to change its schema."""

    database_owner_url: str


def run(service: str, chosen: argparse.Namespace) -> int:
    """Do the chosen task; return the exit code."""
    try:
        match chosen.task:
            case "check":
                return check.run(service, chosen.json)
            case "decide":
                print(_decision_table(service, chosen.decider))
            case "migrate":
                migrations.upgrade(service, settings.load(Owner).database_owner_url)
            case "migration":
                url = settings.load(Owner).database_owner_url
                migrations.write(service, url, chosen.message)
            case "push":
                database = address.parsed(settings.load(Owner).database_owner_url)
                import_module(f"{service}.tables").metadata.create_all(create_engine(database))
    except (Misconfigured, ServiceError) as error:
        print(f"{service} {chosen.task}: {error}", file=sys.stderr)
        return 1
    return 0


def _decision_table(service: str, decider: str) -> str:
    domain = import_module(f"{service}.app").DOMAIN
    if decider not in domain:
        raise Misconfigured(f"{service} decides {', '.join(sorted(domain))}; not {decider}")
    return decision_table.markdown(domain[decider])
