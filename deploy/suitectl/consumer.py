"""Other teams' services: broker users that hear certain types of events and read their feeds."""

import argparse
from argparse import ArgumentTypeError
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from importlib import import_module
from typing import Any

from chassis import codec
from chassis.errors import NotFound, Unavailable
from contracts import SERVICES
from suitectl import consumer_changes, grants, init, listeners, rights, show, site
from suitectl.broker_admin import broker_admin
from suitectl.change import Change
from suitectl.inventory import Inventory
from suitectl.keys import Keys
from suitectl.rights import Listener
from suitectl.site import Site

# What an operator does by hand where nobody administers the broker but its definitions file.
BY_HAND = {
    "add": "then, if a type was taken away, rabbitmqctl -p {vhost} delete_queue: its queues stay"
    " bound",
    "rotate": "until then the old password holds",
    "remove": "then rabbitmqctl delete_user {user}, and -p {vhost} delete_queue of what it left",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    tasks = parser.add_subparsers(dest="task", required=True)
    add = tasks.add_parser("add", help="make a user and its rights; or change what it may hear")
    listing = tasks.add_parser("list", help="who there is, and what each may hear")
    showing = tasks.add_parser("show", help="one: its rights, its queues, where its AMQP URI is")
    rotate = tasks.add_parser("rotate", help="a new password; who has the old one is disconnected")
    remove = tasks.add_parser("remove", help="end its user, its rights, its queues and its file")
    for each in (add, showing, rotate, remove):
        each.add_argument(
            "name",
            help="a to z and _, 2 to 31; no word that others' queues begin with (rpc, evt, …)",
        )
    about = "what it may hear: billing.invoice_paid,auth.user_banned"
    add.add_argument("--types", required=True, help=about)
    add.add_argument(
        "--declares",
        default="",
        metavar="events,rpc",
        help="exchanges that it may declare, and so delete too: those of its sources, where"
        " nameko runs without DECLARE_EVENT_EXCHANGES: false; nameko-rpc, where it calls by"
        " nameko's own proxies: then it could take that exchange's place and read all calls",
    )
    for each in (listing, showing):
        site.arguments(each)
    for each in (add, rotate, remove):
        site.inventory_argument(each)
        each.add_argument("--dry-run", action="store_true", help="say what would be done")
    add.set_defaults(do=_add)
    listing.set_defaults(do=_list)
    showing.set_defaults(do=_show)
    rotate.set_defaults(do=_rotate)
    remove.set_defaults(do=_remove)


def run(chosen: argparse.Namespace) -> int:
    """Do the task; what it makes is said, and the AMQP URI goes to a file beside the secrets."""
    code: int = chosen.do(Site(chosen.inventory), chosen)
    return code


def _add(suite: Site, chosen: argparse.Namespace) -> int:
    if why := suite.inventory.why_no_consumer(chosen.name):
        raise ArgumentTypeError(why)
    types = _listed(chosen.types)
    _must_be_told(types)
    noted = {"types": types, "declares": _listed(chosen.declares)}
    listener: Listener = codec.load(Listener, noted)
    wanted = consumer_changes.added(suite.inventory, suite.keys, chosen.name, listener)
    code = _report(wanted, suite, chosen)
    init.say_what_waits(suite.inventory)
    return code


def _list(suite: Site, chosen: argparse.Namespace) -> int:
    noted = suite.keys.get("consumers", {})
    rows = [{"consumer": name, **_columns(each)} for name, each in sorted(noted.items())]
    show.table(rows, chosen.json)
    return 0


def _show(suite: Site, chosen: argparse.Namespace) -> int:
    show.record(shown(suite.inventory, _known(suite, chosen.name), chosen.name), chosen.json)
    return 0


def _rotate(suite: Site, chosen: argparse.Namespace) -> int:
    held = _known(suite, chosen.name)
    return _report(consumer_changes.rotated(suite.inventory, held, chosen.name), suite, chosen)


def _remove(suite: Site, chosen: argparse.Namespace) -> int:
    held = _known(suite, chosen.name)
    return _report(consumer_changes.removed(suite.inventory, held, chosen.name), suite, chosen)


def _report(wanted: Iterator[Change], suite: Site, chosen: argparse.Namespace) -> int:
    init.report(wanted, chosen.dry_run)
    rabbit = suite.inventory.rabbitmq
    if broker_admin(rabbit) is None:
        user = suite.inventory.named(chosen.name)
        by_hand = BY_HAND[chosen.task].format(user=user, vhost=rabbit.vhost)
        print(f"not yet: the broker reads {rabbit.definitions} when it starts; {by_hand}")
    return 0


def shown(given: Inventory, held: Keys, name: str) -> dict[str, Any]:
    """Return what there is to know of a consumer; what cannot be asked is said in its place."""
    noted = held["consumers"][name]
    granted = rights.listener(name, codec.load(Listener, noted), given.named(name))
    return {
        "consumer": name,
        **_columns(noted),
        "amqp_uri": str(init.uri_file(given, name)),
        "rights": asdict(granted),
        "reads": {source: _reads(given, held, name, source) for source in _sources(noted)},
        "queues": _queues(given, name),
    }


def _reads(given: Inventory, held: Keys, name: str, source: str) -> list[str] | str:
    try:
        found = grants.found(given, held, source)
    except Unavailable as error:
        return str(error)
    return found.get(name, []) if found is not None else "not migrated yet"


def _queues(given: Inventory, name: str) -> dict[str, list[str]] | str:
    try:
        broker = broker_admin(given.rabbitmq)
        if broker is None:
            return "not to be asked from here"
        found, vhost = broker.exported(), given.rabbitmq.vhost
    except Unavailable as error:
        return str(error)
    bound = listeners.bindings(found, vhost, name)
    return {
        queue: [f"{each.exchange} {each.key}" for each in bound if each.queue == queue]
        for queue in listeners.queues(found, vhost, name)
    }


def _columns(noted: Mapping[str, Any]) -> dict[str, str]:
    return {"types": ", ".join(noted["types"]), "declares": ", ".join(noted.get("declares", ()))}


def _sources(noted: Mapping[str, Any]) -> list[str]:
    return sorted({each.partition(".")[0] for each in noted["types"]})


def _known(suite: Site, name: str) -> Keys:
    """Return the secrets. Raises `NotFound` where they note no such consumer."""
    if name not in suite.keys.get("consumers", {}):
        message = f"no consumer {name}; suitectl consumer list says who there is"
        raise NotFound("suitectl.no_such_consumer", message)
    return suite.keys


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
