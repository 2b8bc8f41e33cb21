"""Other teams' services: a broker user that hears certain types of events, and nothing else."""

import argparse
from argparse import ArgumentTypeError
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from chassis import codec
from contracts import SERVICES
from suitectl import init, inventory, keys, site
from suitectl.change import Change
from suitectl.inventory import Inventory
from suitectl.rights import Listener


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    tasks = parser.add_subparsers(dest="task", required=True)
    add = tasks.add_parser("add", help="make a user and its rights; or change what it may hear")
    add.add_argument(
        "name", help="a to z and _, 2 to 31; no word that others' queues begin with (rpc, evt, …)"
    )
    site.inventory_argument(add)
    add.add_argument(
        "--types", required=True, help="what it may hear: billing.invoice_paid,auth.user_banned"
    )
    add.add_argument(
        "--declares",
        default="",
        metavar="events,rpc",
        help="exchanges that it may declare, and so delete too: those of its sources, where"
        " nameko runs without DECLARE_EVENT_EXCHANGES: false; nameko-rpc, where it calls by"
        " nameko's own proxies: then it could take that exchange's place and read all calls",
    )
    add.add_argument("--dry-run", action="store_true", help="say what would be made")


def run(chosen: argparse.Namespace) -> int:
    """Make the user and say what was made; its AMQP URI goes to a file beside the secrets."""
    given = inventory.load(chosen.inventory)
    if why := given.why_no_consumer(chosen.name):
        raise ArgumentTypeError(why)
    types = _listed(chosen.types)
    _must_be_told(types)
    noted = {"types": types, "declares": _listed(chosen.declares)}
    listener: Listener = codec.load(Listener, noted)
    init.report(changes(given, chosen.name, listener), chosen.dry_run)
    return 0


def changes(given: Inventory, name: str, listener: Listener) -> Iterator[Change]:
    """Yield all that makes `name` a consumer with exactly these rights."""
    secrets = Path(given.secrets)
    known = keys.read(secrets)
    consumers = known.get("consumers", {}) | {name: codec.dump(listener)}
    whole = keys.completed({**known, "consumers": consumers}, given.services, given.users)
    yield from init.files(given, known, whole)
    uri = given.rabbitmq.url(name, whole["broker"][name])
    yield from init.derived(secrets.with_name(f"{name}.amqp.env"), f"AMQP_URI='{uri}'\n")
    yield from init.in_broker(given, whole)


def _listed(written: str) -> list[str]:
    return sorted({each.strip() for each in written.split(",")} - {""})


def _must_be_told(types: list[str]) -> None:
    unknown = [each for each in types if each not in _told(each.partition(".")[0])]
    if unknown or not types:
        raise ArgumentTypeError(f"nobody tells {', '.join(unknown) or 'no type at all'}")


def _told(source: str) -> set[str]:
    if source not in SERVICES:
        return set()
    contracts = import_module(f"contracts.{source}.events").PUBLISHES
    return {f"{source}.{codec.snake(each.__name__)}" for each in contracts}
