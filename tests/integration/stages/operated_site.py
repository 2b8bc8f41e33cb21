"""Two services' databases and a broker, as `suitectl init` makes them; what operators see of it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import kombu
import psycopg
import pytest
from psycopg.rows import dict_row

from auth import claims
from auth.acts.claims import sign_up
from auth.acts.verifying import verify as verify_email
from auth.secret_keys import SecretKeys, new_key
from billing import kept
from chassis import ids
from chassis.broker import queues
from chassis.door.edge import Door
from chassis.door.tokens import AccessTokens
from chassis.errors import Rejected
from chassis.hearing.cursors import call
from chassis.hearing.inbox import Consumer
from chassis.hearing.reacting import Reaction
from chassis.unit import feed
from chassis.unit.handling import App
from contracts.auth import events as told
from contracts.auth.accounts import SignUp, VerifyEmail
from distributed.servers import Servers
from journeys.stages import distributed_suite
from servers.postgres import Server
from servers.rabbit import Broker
from suitectl.__main__ import main
from suitectl.site import Site

SERVICES = ("auth", "billing")
CONFIRM = kept.CONFIRM.text.replace(":series", "'sales'").replace(":at", "now()")


class Operated:
    """The site, and its command line."""

    def __init__(self, servers: Servers, file: Path) -> None:
        self.servers, self.file, self.site = servers, file, Site(file)
        # the same without rabbitmqctl, which takes a second of the processor each time
        self.no_ctl = file.with_name("no_ctl.toml")
        given = servers.inventory
        rabbitmq = replace(given.rabbitmq, ctl=(), definitions="definitions.json")
        no_ctl = replace(given, rabbitmq=rabbitmq)
        Servers(no_ctl).write_inventory(self.no_ctl)
        self.hearers: dict[str, kombu.Connection] = {}
        self.capsys: pytest.CaptureFixture[str]

    def run(self, *arguments: str, inventory: Path | None = None) -> int:
        """Run a command of suitectl; the inventory is given last."""
        return main([*arguments, "--inventory", str(inventory or self.file)])

    def read(self, *arguments: str, code: int = 0, inventory: Path | None = None) -> Any:
        """Return what a command prints as JSON."""
        self.capsys.readouterr()
        assert self.run(*arguments, "--json", inventory=inventory) == code
        return json.loads(self.capsys.readouterr().out)

    def refused(self, *arguments: str, inventory: Path | None = None) -> str:
        """Return the one line that a command says when it does nothing."""
        self.capsys.readouterr()
        assert self.run(*arguments, inventory=inventory) == 1
        said = self.capsys.readouterr()
        assert said.out == ""
        (line,) = said.err.splitlines()
        return line.removeprefix("suitectl: ")

    def sql(self, service: str, statement: str) -> list[dict[str, Any]]:
        """Do as the owner of a service's database does."""
        url = self.site.url(service, "owner")
        with psycopg.connect(url, autocommit=True, row_factory=dict_row) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def app(self, service: str) -> Iterator[App]:
        with self.site.app(service) as app:
            yield app

    def somebody(self, email: str) -> str:
        """Let there be one more account, told to others; return its workspace's stream."""
        with self.app("auth") as app:
            tools = SimpleNamespace(keys=SecretKeys(new_key()))
            door = Door(app=app, tokens=AccessTokens({}), permissions={}, tools=tools)
            password, token, at = "a long password", ids.token(), app.clock()
            made = sign_up(door, call(app), SignUp(name="Kari", email=email, password=password))
            with app.engine.begin() as connection:
                claim = claims.find(connection, made.user_id)
                assert claim is not None
                claims.keep_link(connection, claim, token, at, at + timedelta(hours=1))
            verify_email(door, call(app), VerifyEmail(token=token, password=password))
            while feed.number(app.engine):
                pass
        (row,) = self.sql(
            "auth",
            "select stream_id from events where outbox->>'type' = 'auth.workspace_created'"
            " order by seq desc limit 1",
        )
        return str(row["stream_id"])

    def hear(self, reaction: Reaction | None = None) -> None:
        """Let billing hear all that auth has told."""
        with self.app("auth") as source, self.app("billing") as app:

            def read(after: Any) -> Any:
                return source.query(lambda db: feed.read(db, "auth", after).reply())

            Consumer(app, "auth", [reaction or WELCOMED]).pull(read)

    @contextmanager
    def heard(self, service: str) -> Iterator[None]:
        """Let there be one who hears the calls to a service, as its `serve` does."""
        with kombu.Connection(self.servers.broker_url(service)) as connection:
            self.hearers[service] = connection
            self._hear_calls(service)
            yield

    @contextmanager
    def unheard(self, service: str) -> Iterator[None]:
        """Let nobody hear them meanwhile."""
        self.hearers[service].release()
        yield
        self._hear_calls(service)

    def _hear_calls(self, service: str) -> None:
        channel: Any = self.hearers[service].default_channel
        channel.queue_declare(queues.calls(service), durable=True, auto_delete=False)
        channel.basic_consume(queues.calls(service))

    def look(self) -> None:
        """Let billing have looked just now whether it has heard all, as it does every minute."""
        self.sql("billing", "update cursors set checked_at = now()")

    def restore(self) -> None:
        """Let both databases be as they were when the site was made."""
        for service in SERVICES:
            self.admin(f"drop database if exists {service} with (force)")
            self.admin(f"create database {service} template {service}_whole owner {service}_owner")
        self.sql("billing", CONFIRM)  # a copy is another database, and the numbers are the same

    def admin(self, statement: str, database: str = "postgres") -> None:
        """Do as a superuser to whom no trigger says no."""
        url = self.servers.inventory.postgres.admin_url
        with psycopg.connect(url, dbname=database, autocommit=True) as admin:
            admin.execute("set session_replication_role = replica")
            admin.execute(statement.encode())

    def audited(self, service: str) -> list[tuple[str, str]]:
        """Return who has done what, oldest first."""
        rows = self.sql(service, "select who, did from audit order by id")
        return [(row["who"], row["did"]) for row in rows]


def nothing(*_: Any) -> None:
    """Take the event and do nothing about it."""


def refuse(*_: Any) -> None:
    raise Rejected("billing.not_wanted", "nobody is wanted")


def reaction(react: Any) -> Reaction:
    return Reaction(
        source="auth", hears=told.WorkspaceCreated, react=react, streams=lambda heard: ()
    )


WELCOMED, REFUSED = reaction(nothing), reaction(refuse)


@contextmanager
def operated(broker: Broker, folder: Path) -> Iterator[Operated]:
    """Yield a site on a PostgreSQL of its own: databases are called like their services."""
    with Server(folder, durable=False) as server:
        inventory = replace(
            distributed_suite.servers(server, broker, folder).inventory, services=SERVICES
        )
        servers = Servers(inventory)
        servers.provide()
        file = folder / "inventory.toml"
        servers.write_inventory(file)
        site = Operated(servers, file)
        _fill(site)
        for service in SERVICES:
            site.admin(f"create database {service}_whole template {service}")
        with site.heard("auth"), site.heard("billing"):
            yield site
        for service in SERVICES:
            site.admin(f"drop database {service}_whole")
        # the broker is the run's, and another site's next
        distributed_suite.forget(servers, broker)
    server.forget()


def _fill(site: Operated) -> None:
    """Let all be as it is where the processes are at work."""
    for number in range(3):
        site.somebody(f"{number}@example.com")
    site.hear()
    for service in SERVICES:
        site.sql(service, "insert into leases values ('relay', 'a process', 'infinity')")
        site.sql(
            service,
            "insert into relay select 'rabbitmq', coalesce(max(position), 0) from positions",
        )
