"""The embedded suite, whose services are taken away, restored and started again one by one."""

import json
from collections.abc import Collection
from contextlib import redirect_stdout
from dataclasses import replace
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg

from billing import kept
from chassis.door.edge import Caller, Door
from chassis.errors import ServiceError, Unavailable
from chassis.unit import feed
from contracts import SERVICES
from distributed import servers
from embedded.direct import DirectPort
from embedded.rest import SourceStopped
from embedded.suite import Suite
from suitectl.__main__ import main
from suitectl.inventory import Postgres, Rabbit
from waiting import until

STOPPED = "select consumer, source from cursors where stopped is not null order by 1, 2"
CURSORS = "select consumer, source, position, stopped is not null as stopped from cursors"
SESSIONS = (
    "select 1 from pg_stat_activity"
    " where backend_type = 'client backend' and pid <> pg_backend_pid()"
)
AGAIN = 20  # a source stops, or tells otherwise, so many times at the most


class HeldUp(Exception):
    """Somebody is away, so what was asked cannot be done now: a caller asks again later."""


class Restorable(Suite):
    """Kept twice on the way, `early` and `late`: any service is put back to either."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, durable=False)
        self.away: set[str] = set()

    def call(self, service: str, method: str, access_token: str | None, /, **arguments: Any) -> Any:
        """Call as `Suite` does. Raises `HeldUp` where a repeat helps only once all are back."""
        try:
            return super().call(service, method, access_token, **arguments)
        except ServiceError as error:
            if self.away and error.retryable:
                raise HeldUp(f"{service}.{method}: {error}") from None
            raise

    def keep(self, when: str) -> None:
        """Keep all databases as they are once everything is done."""
        self.settle()
        self.stop(SERVICES)
        with psycopg.connect(self.server.admin_url, autocommit=True) as admin:
            until(lambda: admin.execute(SESSIONS).fetchall() == [])  # they end on their own
        for name in SERVICES:
            self._admin(f"create database {name}_{when} template {name}")
        self.start(SERVICES)

    def stop(self, names: Collection[str]) -> None:
        """Take these away: they answer nobody and do nothing."""
        names = tuple(names)
        self.away |= {*names}
        for name in names:
            self._halt(name)  # all first, as one that works calls others
        for name in names:
            self._close(name)

    def start(self, names: Collection[str]) -> None:
        """Let these be there again."""
        names = tuple(names)
        for name in names:
            self._open(name)
            self._doors[name].door = self.parts[name].web
        self.away -= {*names}
        for name in names:
            self._set_to_work(name)

    def put_back(self, name: str, when: str) -> None:
        """Let the database of a service that is away be as it was kept."""
        self._admin(f"drop database {name} with (force)")
        self._admin(f"create database {name} template {name}_{when} owner {name}_owner")

    def confirm_as_before(self) -> None:
        """Let billing's last number stand: its database is a copy, but of its very end."""
        statement = kept.CONFIRM.text.replace(":series", "'sales'").replace(":at", "now()")
        with psycopg.connect(self.owner_url("billing"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def caught_up(self, name: str) -> bool:
        """Return whether a service has heard all that those who are there have told it."""
        return all(
            each["position"] == self.head(each["source"])
            for each in self.sql(name, CURSORS)
            if each["source"] not in self.away
        )

    def head(self, name: str) -> int:
        """Return the last position that a service has told."""
        return int(self.parts[name].app.query(feed.head)["position"])

    def accept(self) -> int:
        """Let all go on who were stopped and are there; return how many these are."""
        stopped = [each for name in self.parts for each in self.sql(name, STOPPED)]
        for each in stopped:
            key = (each["consumer"], each["source"])
            self.suitectl("fork", *key, "--accept", "--who", "kari")
        return len(stopped)

    def skip_what_is_told_otherwise(self) -> list[dict[str, Any]]:
        """Leave as it is what stands on what is told otherwise now; return what is skipped."""
        parked = self.suitectl("parked", "list")
        otherwise = [each for each in parked if "chassis.told_otherwise" in each["error"]]
        for each in otherwise:
            self.suitectl("parked", "skip", each["consumer"], each["source"], str(each["position"]))
        return otherwise

    def settle_all(self) -> set[str]:
        """Say of all that stands on what was lost that it may; return the ids."""
        unsettled = self.suitectl("fork")
        for consumer, source in {(each["consumer"], each["source"]) for each in unsettled}:
            self.suitectl("fork", consumer, source, "--settled", "all", "--who", "kari")
        return {each["event_id"] for each in unsettled}

    def settle_accepting(self) -> list[dict[str, Any]]:
        """Settle, as people let go on what is stopped and pass over what is told otherwise."""
        skipped: list[dict[str, Any]] = []
        for _ in range(AGAIN):
            try:
                self.settle()
            except SourceStopped:
                accepted = self.accept()
                skipped += (passed := self.skip_what_is_told_otherwise())
                if not accepted and not passed:
                    raise
            else:
                return skipped
        raise AssertionError("it stops again and again")

    @property
    def installation(self) -> str:
        """Which suite it is, as its databases say."""
        return str(self._keys["suite"])

    def app_url(self, service: str) -> str:
        """Return where a service's processes connect."""
        role = f"{service}_app"
        return self.server.url(role, self._keys["roles"][role], service)

    def suitectl(self, *arguments: str) -> Any:
        """Return the JSON that a command prints."""
        printed = StringIO()
        with redirect_stdout(printed):
            main([*arguments, "--json", "--inventory", str(self._inventory)])
        return json.loads(printed.getvalue())

    def broken(self) -> dict[str, list[dict[str, Any]]]:
        """Return what `suitectl verify` finds, by invariant."""
        found = self.suitectl("verify")
        return {each["invariant"]: each["rows"] for each in found if each["violations"]}

    def alter(self, service: str, statement: str) -> None:
        """Do as a superuser does to whom no trigger says no."""
        self._admin(statement, service)

    @property
    def _inventory(self) -> Path:
        path = self.data_dir / "inventory.toml"
        if not path.exists():
            nowhere = Rabbit(host="localhost", definitions="definitions.json")
            given = servers.inventory(
                self.data_dir, Postgres(admin_url=self.server.admin_url), nowhere
            )
            given = replace(given, secrets=str(self.data_dir / "keys.json"))
            servers.Servers(given).write_inventory(path)
        return path

    def _admin(self, statement: str, database: str = "postgres") -> None:
        url = self.server.admin_url
        with psycopg.connect(url, dbname=database, autocommit=True) as admin:
            admin.execute("set session_replication_role = replica")
            admin.execute(statement.encode())

    def _port(self, target: str, caller: Caller) -> DirectPort:
        return replace(super()._port(target, caller), door=partial(self._door, target))

    def _door(self, target: str) -> Door:
        if target in self.away:
            raise Unavailable("tests.away", f"{target} is away")
        return self.parts[target].door
