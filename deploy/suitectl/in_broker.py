"""A broker beside what the suite of one inventory wants it to have."""

from collections.abc import Collection, Iterator
from functools import partial

from suitectl import listeners
from suitectl.broker_admin import BrokerAdmin
from suitectl.change import Change
from suitectl.definitions import definitions, differing, mark, parts, takes
from suitectl.inventory import Inventory
from suitectl.keys import Keys


class InBroker:
    """What a broker had when it was asked, and what it should have."""

    def __init__(self, admin: BrokerAdmin, given: Inventory, keys: Keys) -> None:
        """Ask the broker. Raises `Unavailable`."""
        self._admin, self._given, self._keys = admin, given, keys
        self._vhost, self._suite = given.rabbitmq.vhost, keys["suite"]
        self._passwords = {given.named(name): text for name, text in keys["broker"].items()}
        self._wanted, self._found = definitions(given, keys), admin.exported()

    def strangers(self, outdated: Collection[str] = ()) -> Iterator[str]:
        """Yield in words the users with another password, the virtual host of another suite.

        Not those of `outdated`, whose password is about to change.
        """
        wanted = {each["name"] for each in self._wanted["users"]}
        for name, taken in self._known():
            if name in wanted - {*map(self._given.named, outdated)} and not taken:
                yield f"the broker user {name} has another password"
        if (suite := self._marked()) not in (None, self._suite):
            yield f"the virtual host {self._vhost} is that of suite {suite}"

    def changes(self, outdated: Collection[str] = ()) -> Iterator[Change]:
        """Yield the import of the definitions, if the broker has not all of them as they are.

        Then the end of the connections of `outdated`, users whose password or rights were others;
        then of what consumers have bound and may not hear any more.
        """
        differ = differing(parts(self._wanted, self._vhost), parts(self._found, self._vhost))
        if differ:
            what = "\n  ".join((f"in the broker, {self._vhost}:", *differ))
            yield Change(what=what, make=partial(self._admin.import_, self._wanted))
        for name in map(self._given.named, outdated):
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
        if self._marked() == self._suite:
            self._admin.forget_vhost(self._vhost, mark(self._vhost))

    def _known(self) -> Iterator[tuple[str, bool]]:
        """Yield each user that is there under a name of ours, and whether our password fits."""
        for user in self._found["users"]:
            if password := self._passwords.get(user["name"]):
                yield user["name"], takes(user, password)

    def _marked(self) -> str | None:
        """Return whose the virtual host is; a mark outlives one that was deleted by hand."""
        if self._vhost not in {each["name"] for each in self._found["vhosts"]}:
            return None
        marked = {each["name"]: each["value"] for each in self._found["global_parameters"]}
        return marked.get(mark(self._vhost))
