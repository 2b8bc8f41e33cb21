"""A broker beside what the suite of one inventory wants it to have."""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import partial
from typing import Any

from suitectl import listeners
from suitectl.broker_admin import BrokerAdmin
from suitectl.change import Change
from suitectl.definitions import definitions, differing, mark, parts, takes
from suitectl.inventory import Inventory
from suitectl.keys import Keys
from suitectl.listeners import Definitions
from suitectl.rights import NOTHING, events


class InBroker:
    """What a broker had when it was asked, and what it should have."""

    def __init__(self, admin: BrokerAdmin, given: Inventory, keys: Keys) -> None:
        """Ask the broker. Raises `Unavailable`."""
        self._admin, self._given, self._keys = admin, given, keys
        self._vhost, self._suite = given.rabbitmq.vhost, keys["suite"]
        self._passwords = {given.named(name): text for name, text in keys["broker"].items()}
        self._wanted, self._found = definitions(given, keys), admin.exported()

    def strangers(self) -> Iterator[str]:
        """Yield in words the users with another password, the virtual host of another suite."""
        names = (*self._given.users, *self._keys["consumers"])
        yield from others(self._found, self._given, self._keys, names)
        if (suite := marked(self._found, self._vhost)) not in (None, self._suite):
            yield f"the virtual host {self._vhost} is that of suite {suite}"

    def changes(self) -> Iterator[Change]:
        """Yield the import of the definitions, if the broker has not all of them as they are.

        Then the end of the connections of consumers with another password, or that might hear more:
        an open channel may remember what it was allowed, and a queue that belongs to a connection
        can be unbound by nobody else. Then of what consumers have bound and may not hear any more.
        """
        differ = differing(parts(self._wanted, self._vhost), parts(self._found, self._vhost))
        outdated = list(self._outdated())
        if differ:
            what = "\n  ".join((f"in the broker, {self._vhost}:", *differ))
            yield Change(what=what, make=partial(self._admin.import_, self._wanted))
        for name in outdated:
            yield Change(what=f"{name}: disconnected", make=partial(self._admin.disconnect, name))
        if self._keys["consumers"]:
            # what was bound until then
            found = self._admin.exported() if differ or outdated else self._found
            yield from listeners.narrowed(self._given, self._keys, self._admin, found)

    def forget(self) -> None:
        """Delete the users with the suite's passwords, and the virtual host with its identity."""
        for name, taken in self._known():
            if taken:
                self._admin.forget_user(name)
        if marked(self._found, self._vhost) == self._suite:
            self._admin.forget_vhost(self._vhost, mark(self._vhost))

    def _known(self) -> Iterator[tuple[str, bool]]:
        """Yield each user that is there under a name of ours, and whether our password fits."""
        for user in self._found["users"]:
            if password := self._passwords.get(user["name"]):
                yield user["name"], takes(user, password)

    def _outdated(self) -> Iterator[str]:
        """Yield the consumers' users of whom the broker knows what is not so any more."""
        fits = dict(self._known())
        for user in map(self._given.named, self._keys["consumers"]):
            lost = self._hears(self._found, user) - self._hears(self._wanted, user)
            if lost or not fits.get(user, True):
                yield user

    def _hears(self, document: Definitions, user: str) -> set[tuple[str, str]]:
        """Return the exchanges and types that a consumer may bind, by a broker's definitions."""
        there = parts(document, self._vhost)
        read = there.get(f"permissions of {user}", {}).get("read", NOTHING)
        return {
            (exchange, type)
            for exchange in map(events, self._given.services)
            if re.search(read, exchange)
            for type in re.findall(r"\w+", _topics(there, user, exchange))
        }


def others(
    found: Definitions, given: Inventory, held: Keys, names: Collection[str]
) -> Iterator[str]:
    """Yield in words those of our users that are there with another password.

    Not a consumer with rights in the virtual host that bears our identity: who rotated its password
    was killed.
    """
    known = {each["name"]: each for each in found["users"]}
    vhost, own = given.rabbitmq.vhost, set[str]()
    if marked(found, vhost) == held.get("suite", ""):  # secrets of before there were identities
        own = {each["user"] for each in found["permissions"] if each["vhost"] == vhost}
    for name in names:
        user = given.named(name)
        if name in held["consumers"] and user in own:
            continue
        if user in known and not takes(known[user], held["broker"][name]):
            yield f"the broker user {user} has another password"


def marked(found: Definitions, vhost: str) -> str | None:
    """Return whose a virtual host is; a mark outlives one that was deleted by hand."""
    if vhost not in {each["name"] for each in found["vhosts"]}:
        return None
    marks = {each["name"]: each["value"] for each in found["global_parameters"]}
    return marks.get(mark(vhost))


def _topics(there: Mapping[str, Any], user: str, exchange: str) -> str:
    read: str = there.get(f"topic permissions of {user} on {exchange}", {}).get("read", "")
    return read
