"""What makes a consumer, changes its password and ends it: files, grants, and the broker."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from chassis import codec
from suitectl import grants, in_broker, init, keys, listeners, strangers
from suitectl.broker_admin import broker_admin
from suitectl.change import Change
from suitectl.definitions import definitions
from suitectl.inventory import Inventory
from suitectl.keys import Keys
from suitectl.rights import Listener


def added(given: Inventory, known: Keys, name: str, listener: Listener) -> Iterator[Change]:
    """Yield all that makes `name` a consumer with exactly these rights.

    What of it was killed is gone on with by itself, and by `init`.
    """
    noted = known.get("consumers", {}) | {name: codec.dump(listener)}
    whole = keys.completed({**known, "consumers": noted}, given.services, given.users)
    yield from init.outside_postgres(given, known, whole)
    yield from grants.changes(given, whole)


def rotated(given: Inventory, known: Keys, name: str) -> Iterator[Change]:
    """Yield the change of a consumer's password, and the end of what the old one has opened."""
    without = {**known, "broker": _without(known["broker"], name)}
    whole = keys.completed(without, given.services, given.users)
    yield from init.outside_postgres(given, known, whole)


def removed(given: Inventory, known: Keys, name: str) -> Iterator[Change]:
    """Yield the end of a consumer: its user, its queues, the note that there is one, its grants.

    What is left where a database is away, the next `init` ends: it goes by the notes. Raises
    `Conflict`, with everything as it was, if its user is another suite's.
    """
    without = {key: _without(known[key], name) for key in ("broker", "consumers")}
    whole = keys.completed({**known, **without}, given.services, given.users)
    definitions(given, whole)  # refuses limits that the inventory still has for it
    if broker := broker_admin(given.rabbitmq):
        user, found = given.named(name), broker.exported()
        strangers.refuse(in_broker.others(found, given, known, [name]), init.ADVICE)
        if any(each["name"] == user for each in found["users"]):
            yield Change(what=f"user {user}: deleted", make=partial(broker.forget_user, user))
        yield from listeners.deleted(given, known, name, broker.exported())
    file = init.uri_file(given, name)  # while it is noted: nobody would look for it later
    if file.exists():
        yield Change(what=f"file {file}: deleted", make=file.unlink)
    yield from init.outside_postgres(given, known, whole)
    yield from grants.changes(given, whole)


def _without(held: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {each: entry for each, entry in held.items() if each != name}
