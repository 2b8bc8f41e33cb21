"""Where a distributed suite's PostgreSQL and RabbitMQ are, and how they are made ready for it."""

import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

from chassis.codec import dump
from chassis.database import migrations
from contracts import SERVICES
from servers.rabbit_node import Node
from suitectl import databases, environment, init, keys, strangers
from suitectl.change import made
from suitectl.inventory import Inventory, Postgres, Rabbit
from suitectl.whole_file import write_whole

GATEWAY = "web"  # the broker user that calls for people, as a website's backend does


class Servers:
    """The servers of one inventory."""

    def __init__(self, inventory: Inventory) -> None:
        """Nothing is asked yet."""
        self.inventory = inventory

    def provide(self) -> None:
        """Do what `suitectl init` and `suitectl migrate` do."""
        list(made(init.changes(self.inventory), rehearsal=False))
        suite = UUID(self.keys["suite"])
        for service in self.inventory.services:
            migrations.upgrade(service, self.database_url(service, "owner"), suite)

    def forget(self) -> None:
        """Delete what `provide` made: databases, roles, broker users and the virtual host.

        Raises `Conflict`, with everything as it was, if something of these names does not carry
        the identity or the password of the secrets; `Unavailable` without a server.
        """
        known = keys.read(Path(self.inventory.secrets))  # consumers may have been added
        if not known:
            return  # then nothing was made
        given = self.inventory
        whole = keys.completed(known, given.services, given.users)
        wanted, broker = init.in_postgres(given, whole), init.asked(given, whole)
        with databases.as_admin(given.postgres.admin_url) as admin:
            there = [*strangers.roles(admin, wanted), *strangers.unmarked(admin, wanted)]
            there += broker.strangers() if broker else ()
            strangers.refuse(there, "nothing is deleted")
            databases.forget(admin, wanted)
        if broker:
            broker.forget()

    def write_inventory(self, path: Path) -> None:
        """Write the inventory as a file for `suitectl`; it holds a superuser's URL, hence 0600."""
        tables = dump(self.inventory)
        lines = [f"{name} = {_toml(given)}" for name, given in tables.items() if _plain(given)]
        for name, table in tables.items():
            if isinstance(table, dict):
                own = [f"{key} = {_toml(given)}" for key, given in table.items() if _plain(given)]
                lines += ["", f"[{name}]", *own]
        write_whole(path, "\n".join(lines) + "\n")

    @cached_property
    def keys(self) -> Mapping[str, Any]:
        """The passwords and keys that init made."""
        return keys.read(Path(self.inventory.secrets))

    def read_again(self) -> None:
        """Take what the secrets file holds by now."""
        vars(self).pop("keys", None)

    def database_url(self, service: str, kind: str) -> str:
        """Return where a service's `owner`, `app` or `reader` connects."""
        return environment.database_url(self.inventory, self.keys, service, kind)

    def broker_url(self, user: str) -> str:
        """Return where a broker user connects."""
        return environment.broker_url(self.inventory, self.keys, user)


def inventory(data_dir: Path, postgres: Postgres, rabbitmq: Rabbit, prefix: str = "") -> Inventory:
    """Return the inventory of a suite whose secrets lie in its data folder."""
    return Inventory(
        services=SERVICES,
        prefix=prefix,
        callers=(GATEWAY,),
        secrets=str(data_dir / "secrets.json"),
        postgres=postgres,
        rabbitmq=rabbitmq,
    )


def of_node(node: Node) -> Rabbit:
    """Return a node of our own, as the inventory has it."""
    needed = ("HOME", "PATH", "ERL_EPMD_PORT")  # its cookie, its programs, where it is registered
    told = [f"{name}={node.env[name]}" for name in needed]
    ctl = ("env", *told, str(node.programs / "rabbitmqctl"), "-n", node.name)
    return Rabbit(host="127.0.0.1", port=node.port, ctl=ctl)


def _plain(given: Any) -> bool:
    return given is not None and not isinstance(given, dict)


def _toml(given: Any) -> str:
    return json.dumps(given)  # TOML's strings, numbers, booleans and lists of them are JSON's
