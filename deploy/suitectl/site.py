"""The suite of one inventory, as a command reaches it: its services' databases, in three roles."""

import argparse
import os
import pwd
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from chassis import settings
from chassis.database import installation, postgres
from chassis.database.address import parsed
from chassis.domain import value
from chassis.errors import Invalid, ServiceError, Unavailable
from chassis.settings import Misconfigured
from chassis.unit.handling import App
from chassis.unit.service import Service
from suitectl import inventory, keys
from suitectl.inventory import Inventory

UNDEFINED_TABLE = "42P01"
WRONG_VALUE = "22"  # a class: out of range, negative

Role = Literal["owner", "app", "reader"]  # migrates; works; only looks


@value
class Defaults:
    """Where the inventory lies, unless a command is told."""

    suite_inventory: str = "inventory.toml"


def arguments(parser: argparse.ArgumentParser, *, changes: bool = False) -> None:
    """Let a command take an inventory and print JSON; one that changes something asks who does."""
    inventory_argument(parser)
    parser.add_argument("--json", action="store_true", help="for machines")
    if changes:
        parser.add_argument("--who", default=account(), help="who does it, for the table audit")


def inventory_argument(parser: argparse.ArgumentParser) -> None:
    """Let a command take an inventory."""
    default = Path(settings.load(Defaults).suite_inventory)
    about = "the suite's TOML file; else SUITE_INVENTORY, else ./inventory.toml"
    parser.add_argument("--inventory", type=Path, default=default, help=about)


def account() -> str:
    """Return whose process this is; a container may know only the number."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


class Site:
    """The databases of one inventory."""

    def __init__(self, path: Path) -> None:
        """Read the inventory and its secrets. Raises `Misconfigured`."""
        self.inventory = inventory.load(path)
        self.keys = keys.read(Path(self.inventory.secrets))

    def services(self, names: Sequence[str] = ()) -> tuple[str, ...]:
        """Return these services, or all without any. Raises `Misconfigured` for one unknown."""
        for name in names:
            if name not in self.inventory.services:
                known = ", ".join(self.inventory.services)
                raise Misconfigured(f"no service {name}; the inventory has {known}")
        return tuple(names) or self.inventory.services

    def url(self, service: str, role: Role) -> str:
        """Return where this role connects from here. Raises `Misconfigured`."""
        self.services([service])
        password = self.password("roles", f"{service}_{role}")
        return role_url(self.inventory, service, role, password)

    def broker_url(self, user: str) -> str:
        """Return where a broker user connects. Raises `Misconfigured`."""
        return self.inventory.rabbitmq.url(
            self.inventory.named(user), self.password("broker", user)
        )

    def password(self, group: str, name: str) -> str:
        """Return one of the secrets. Raises `Misconfigured` where it is not made yet."""
        held: Mapping[str, str] = self.keys.get(group, {})
        if name not in held:
            path = self.inventory.secrets
            raise Misconfigured(f"{path}: has no password of {name}; run suitectl init first")
        return held[name]

    @property
    def suite(self) -> UUID | None:
        """The installation's identity; None where init has not made one yet."""
        return UUID(self.keys["suite"]) if "suite" in self.keys else None

    @contextmanager
    def engine(self, service: str, role: Role = "reader") -> Iterator[Engine]:
        """Yield an engine on a service's database.

        Raises `Unavailable` if it cannot be used, `Conflict` if it is another service's or suite's.
        """
        made = postgres.engine(self.url(service, role), name="suitectl", connections=2)
        installation.guard(made, service, self.suite, as_app=role == "app")
        try:
            with reaching(service):
                yield made
        finally:
            made.dispose()

    @contextmanager
    def app(self, service: str) -> Iterator[App]:
        """Yield the service as its own processes work on its database."""
        with self.engine(service, "app") as engine:
            yield App(service=code(service), engine=engine)


def role_url(given: Inventory, service: str, role: Role, password: str) -> str:
    """Return where a role connects from here."""
    made = parsed(given.postgres.admin_url).set(
        drivername="postgresql",
        username=given.named(f"{service}_{role}"),
        password=password,
        database=given.named(service),
    )
    return made.render_as_string(hide_password=False)


def code(service: str) -> Service:
    """Return what a service consists of. Raises `Misconfigured` where it is not installed."""
    try:
        found: Service = import_module(f"{service}.app").SERVICE
    except ModuleNotFoundError as error:
        raise Misconfigured(f"{service} is not installed here: {error}") from None
    return found


def audit(engine: Engine, who: str, did: str, details: Mapping[str, Any]) -> None:
    """Write down who has done what, where the frame has not done so itself."""
    with engine.begin() as connection:
        write_audit(connection, who, did, details)


def write_audit(connection: Connection, who: str, did: str, details: Mapping[str, Any]) -> None:
    """Write it down in the transaction that does it."""
    connection.execute(_AUDIT, {"who": who, "did": did, "details": dict(details)})


@contextmanager
def reaching(service: str) -> Iterator[None]:
    """Turn a database's refusals into one line. Raises `Unavailable`."""
    try:
        yield
    except SQLAlchemyError as error:
        state = getattr(getattr(error, "orig", None), "sqlstate", None)
        if state == UNDEFINED_TABLE:
            message = f"{service}: its tables are not all there; run suitectl migrate"
            raise Unavailable("suitectl.not_migrated", message) from None
        if state is not None and state.startswith(WRONG_VALUE):
            line = str(error.orig).partition("\n")[0]  # type: ignore[attr-defined]
            raise Invalid("suitectl.wrong_argument", line) from None
        if not isinstance(postgres.meaning(error), ServiceError):
            raise
        raise _unavailable(service, str(getattr(error, "orig", error))) from None
    except Unavailable as error:
        if error.code != "chassis.database_unavailable":
            raise
        raise _unavailable(service, error.message) from None


def _unavailable(service: str, reason: str) -> Unavailable:
    line = " ".join(reason.split())
    return Unavailable("suitectl.database_unavailable", f"{service}: {line}")


_AUDIT = text("insert into audit (who, did, details) values (:who, :did, :details)")
