"""billing's books: events recorded as units record them, the methods of the journal, its checks."""

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.rows import dict_row
from sqlalchemy import Engine, create_engine, make_url

from billing import app as billing
from billing.projections import journal
from billing.service import BillingService
from billing.settings import Settings
from chassis import ids, settings
from chassis.database import migrations
from chassis.door.edge import Caller
from chassis.door.tokens import TokenIssuer, new_key_pair
from chassis.identity import Actor
from chassis.running.parts import Parts, Port
from chassis.unit import feed, projection, store
from chassis.unit.store import Recorded, stream_name
from embedded.assembly import environment, make_folders
from embedded.direct import DirectPort
from integration.stages.service_database import service_database
from servers.postgres import Server
from unit.billing.money_events import WORKSPACE

START = datetime(2026, 4, 15, 12, tzinfo=UTC)


def balances(ledger: Mapping[str, Any]) -> dict[str, int]:
    """Return what `verify_ledger` says is on the accounts, those at zero left out."""
    return {
        each["account"]: each["balance_ore"] for each in ledger["balances"] if each["balance_ore"]
    }


def failing(ledger: Mapping[str, Any]) -> dict[str, int]:
    """Return the proofs of `verify_ledger` that do not hold, with their differences."""
    return {each["name"]: each["difference_ore"] for each in ledger["proofs"] if not each["holds"]}


def rows_of(exported: bytes) -> list[dict[str, str]]:
    """Return the rows of an exported CSV."""
    return list(csv.DictReader(io.StringIO(exported.decode(), newline="")))


def sum_of(rows: list[dict[str, str]]) -> Decimal:
    """Return debit less credit, in kroner."""
    return sum(
        (Decimal(each["debit"] or 0) - Decimal(each["credit"] or 0) for each in rows), Decimal()
    )


def _nobody(service: str) -> Port:
    raise AssertionError(f"nobody asks {service} here")


@dataclass
class Books:
    """One billing, its clock, and a system admin who asks."""

    owner_url: str
    variables: dict[str, str]
    issuer: TokenIssuer
    now: datetime = START
    parts: Parts = field(init=False)
    versions: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Build it."""
        self.build()

    def build(self, **changed: str) -> None:
        """Build it anew, with other settings."""
        if hasattr(self, "parts"):
            self.parts.app.engine.dispose()
        given = settings.load(Settings, {**self.variables, **changed})
        self.parts = billing.build(given, _nobody, lambda: self.now)
        self.parts.consumers()  # makes their cursors, the one of revocations too
        self.change("update cursors set checked_at = now() + interval '1 hour'")

    @property
    def admin(self) -> DirectPort:
        """The methods, as a system admin calls them now."""
        actor = Actor(kind="person", id=str(uuid4()), session_id=uuid4(), is_system_admin=True)
        caller = Caller(auth_token=self.issuer.issue(actor, self.now))
        return DirectPort(facade=BillingService, door=lambda: self.parts.door, caller=caller)

    def record(self, *events: Any, category: str = "money", subject: UUID | None = None) -> None:
        """Append events to a stream and post them, and no more: they are parts of no whole."""
        name = stream_name(category, subject or uuid4())
        records = [self._recorded(name, event) for event in events]
        with self.parts.app.engine.begin() as connection:
            store.append(connection, [(each, None) for each in records], [], None)
            projection.apply(connection, [journal.projection], records)

    def _recorded(self, name: str, event: Any) -> Recorded:
        version = self.versions[name] = self.versions.get(name, 0) + 1
        nobody = {"call": str(uuid4()), "causation": None, "correlation": "books"}
        return Recorded(
            event_id=ids.derive(ids.ROOT, name, version),
            stream_id=name,
            subject=store.split_name(name)[1],
            version=version,
            event=event,
            meta={**nobody, "actor": "service:billing", "workspace": str(WORKSPACE)},
            recorded_at=self.now,
        )

    def number(self) -> None:
        """Give all events their positions."""
        while feed.number(self.parts.app.engine):
            pass

    def days_later(self, days: float) -> None:
        """Let the time pass."""
        self.now += timedelta(days=days)

    def export(self, date_from: str, date_to: str) -> dict[str, Any]:
        """Call `export_journal`."""
        reply: dict[str, Any] = self.admin.call(
            "export_journal", date_from=date_from, date_to=date_to
        )
        return reply

    def exported(self, date_from: str, date_to: str) -> bytes:
        """Return the bytes that `export_journal` hands out."""
        self.export(date_from, date_to)
        key = f"journal/{date_from}_{date_to}.csv"
        return b"".join(self.parts.door.tools.blobs.chunks(key))

    def ledger(self) -> dict[str, Any]:
        """Call `verify_ledger`."""
        reply: dict[str, Any] = self.admin.call("verify_ledger")
        return reply

    def broken(self, name: str) -> list[dict[str, Any]]:
        """Return the rows that break an invariant."""
        (query,) = (each.query for each in billing.SERVICE.invariants if each.name == name)
        with psycopg.connect(self.owner_url, row_factory=dict_row) as connection:
            return connection.execute(query.encode()).fetchall()

    def all_broken(self) -> dict[str, list[dict[str, Any]]]:
        """Return the invariants that do not hold, with the rows that break them."""
        with psycopg.connect(self.owner_url, row_factory=dict_row) as connection:
            found = {
                each.name: connection.execute(each.query.encode()).fetchall()
                for each in billing.SERVICE.invariants
            }
        return {name: rows for name, rows in found.items() if rows}

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return what the owner sees."""
        with psycopg.connect(self.owner_url) as connection:
            return connection.execute(query.encode()).fetchall()

    def change(self, statement: str) -> None:
        """Do as an operator with the owner's rights does."""
        with psycopg.connect(self.owner_url) as connection:
            connection.execute(statement.encode())

    @contextmanager
    def owner(self) -> Iterator[Engine]:
        """Yield an engine with the owner's rights."""
        engine = create_engine(make_url(self.owner_url).set(drivername="postgresql+psycopg"))
        try:
            yield engine
        finally:
            engine.dispose()


@contextmanager
def books(server: Server, folder: Path) -> Iterator[Books]:
    """Yield a billing with empty books."""
    private, public = new_key_pair()
    with service_database(server, "billing") as owner_url:
        migrations.upgrade("billing", owner_url)
        keys = {"public_keys": {"1": public}, "blobs": {"billing": "only-for-tests-" * 3}}
        urls = {"billing": "https://billing.example"}
        variables = {
            "DATABASE_URL": owner_url.replace("billing_owner:", "billing_app:"),
            **environment("billing", folder, keys, urls),
        }
        make_folders(variables)
        kept = Books(owner_url, variables, TokenIssuer("1", private))
        try:
            yield kept
        finally:
            kept.parts.app.engine.dispose()


def emptied(kept: Books, server: Server) -> Books:
    """Return it as it was at first: no trigger fires, so that history can be forgotten."""
    name = make_url(kept.owner_url).database
    with psycopg.connect(server.admin_url, dbname=name, autocommit=True) as admin:
        admin.execute(_EMPTY)
    kept.versions.clear()
    kept.now = START
    kept.build()
    return kept


_EMPTY = """
do $$
declare it record;
begin
    set local session_replication_role = replica;
    for it in select tablename from pg_tables where schemaname = 'public'
        and tablename not in ('alembic_version', 'frame_schema', 'installation') loop
        execute format('delete from %I', it.tablename);
    end loop;
end $$
"""
