"""The commands of a service that do one thing and end."""

import argparse
import sys
from importlib import import_module
from uuid import UUID

from sqlalchemy import create_engine

from chassis import decision_table, settings
from chassis.database import address, installation, migrations
from chassis.domain import value
from chassis.errors import ServiceError
from chassis.running import check
from chassis.settings import Misconfigured


@value
class Owner:
    """What reaches a database with the right to change its schema."""

    database_owner_url: str
    suite: UUID | None = None  # as the service's processes have it


def run(service: str, chosen: argparse.Namespace) -> int:
    """Do the chosen task; return the exit code."""
    try:
        match chosen.task:
            case "check":
                return check.run(service, chosen.json)
            case "decide":
                print(_decision_table(service, chosen.decider))
            case "migrate":
                owner = settings.load(Owner)
                migrations.upgrade(service, owner.database_owner_url, owner.suite)
            case "migration":
                owner = settings.load(Owner)
                migrations.write(service, owner.database_owner_url, chosen.message, owner.suite)
            case "push":
                _push(service, settings.load(Owner))
    except (Misconfigured, ServiceError) as error:
        print(f"{service} {chosen.task}: {error}", file=sys.stderr)
        return 1
    return 0


def _push(service: str, owner: Owner) -> None:
    engine = create_engine(address.parsed(owner.database_owner_url))
    installation.guard(engine, service, owner.suite, as_app=False)
    import_module(f"{service}.tables").metadata.create_all(engine)


def _decision_table(service: str, decider: str) -> str:
    domain = import_module(f"{service}.app").DOMAIN
    if decider not in domain:
        raise Misconfigured(f"{service} decides {', '.join(sorted(domain))}; not {decider}")
    return decision_table.markdown(domain[decider])
