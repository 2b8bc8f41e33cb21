"""Where a distributed suite's PostgreSQL and RabbitMQ are, and how they are made ready for it."""

import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from psycopg import sql

from chassis.codec import dump
from chassis.database import migrations
from contracts import SERVICES
from servers.rabbit_node import Node
from suitectl import databases, init, keys
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
        for service in self.inventory.services:
            migrations.upgrade(service, self.database_url(service, "owner"))

    def forget(self) -> None:
        """Drop the databases and roles that `provide` made; the virtual host stays, unused.

        Raises `Unavailable` without the server.
        """
        with databases.as_admin(self.inventory.postgres.admin_url) as admin:
            for service in self.inventory.services:
                if databases.owner_of(admin, service) == f"{service}_owner":
                    name = sql.Identifier(service)
                    admin.execute(sql.SQL("drop database {} with (force)").format(name))
            for role in self.keys.get("roles", ()):
                name = sql.Identifier(role)
                admin.execute(sql.SQL("drop role if exists {}").format(name))

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

    def database_url(self, service: str, kind: str) -> str:
        """Return where a service's `owner`, `app` or `reader` connects."""
        role = f"{service}_{kind}"
        return self.inventory.postgres.url(role, self.keys["roles"][role], service)

    def broker_url(self, user: str) -> str:
        """Return where a broker user connects."""
        return self.inventory.rabbitmq.url(user, self.keys["broker"][user])


def inventory(data_dir: Path, postgres: Postgres, rabbitmq: Rabbit) -> Inventory:
    """Return the inventory of a suite whose secrets lie in its data folder."""
    return Inventory(
        services=SERVICES,
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
