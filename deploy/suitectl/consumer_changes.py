"""What makes a consumer, changes its password and ends it: files, grants, and the broker."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from chassis import codec
from suitectl import grants, init, keys, listeners
from suitectl.broker_admin import broker_admin
from suitectl.change import Change
from suitectl.definitions import definitions
from suitectl.inventory import Inventory
from suitectl.keys import Keys
from suitectl.rights import Listener


def added(given: Inventory, known: Keys, name: str, listener: Listener) -> Iterator[Change]:
    """Yield all that makes `name` a consumer with exactly these rights.

    One that loses a type is disconnected: an open channel may remember what it was allowed, and
    a queue that belongs to a connection can be unbound by nobody else.
    """
    noted = known.get("consumers", {})
    lost = {*noted.get(name, {"types": ()})["types"]} - {*listener.types}
    noted = noted | {name: codec.dump(listener)}
    whole = keys.completed({**known, "consumers": noted}, given.services, given.users)
    yield from init.outside_postgres(given, known, whole, outdated=[name] if lost else ())
    yield from grants.changes(given, whole)


def rotated(given: Inventory, known: Keys, name: str) -> Iterator[Change]:
    """Yield the change of a consumer's password, and the end of what the old one has opened."""
    without = {**known, "broker": _without(known["broker"], name)}
    whole = keys.completed(without, given.services, given.users)
    yield from init.outside_postgres(given, known, whole, outdated=[name])


def removed(given: Inventory, known: Keys, name: str) -> Iterator[Change]:
    """Yield the end of a consumer: its user, its queues, the note that there is one, its grants.

    What is left where a database is away, the next `init` ends: it goes by the notes.
    """
    without = {key: _without(known[key], name) for key in ("broker", "consumers")}
    whole: Keys = {**known, **without}
    definitions(given, whole)  # refuses limits that the inventory still has for it
    if broker := broker_admin(given.rabbitmq):
        user = given.named(name)
        if any(each["name"] == user for each in broker.exported()["users"]):
            yield Change(what=f"user {user}: deleted", make=partial(broker.forget_user, user))
        yield from listeners.deleted(given, known, name, broker.exported())
    yield from init.outside_postgres(given, known, whole)
    file = init.uri_file(given, name)
    if file.exists():
        yield Change(what=f"file {file}: deleted", make=file.unlink)
    yield from grants.changes(given, whole)


def _without(held: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {each: entry for each, entry in held.items() if each != name}
