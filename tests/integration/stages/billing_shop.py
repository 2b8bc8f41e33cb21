"""billing at work on PostgreSQL: what others tell it, and what people ask of it."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.rows import dict_row

from billing import app as billing
from billing.domain import oslo, wallet
from billing.invariants import INVARIANTS
from billing.service import BillingService
from billing.settings import Settings
from chassis import settings
from chassis.codec import plain
from chassis.database import migrations
from chassis.database.schema import NONE_TOLD
from chassis.door.edge import Caller
from chassis.door.tokens import TokenIssuer, new_key_pair
from chassis.hearing.inbox import Consumer
from chassis.identity import Actor, service_actor
from chassis.jobs.jobs import Worker
from chassis.running.parts import Parts
from chassis.unit import store
from chassis.unit.envelope import Heard
from embedded.assembly import SELLER
from embedded.direct import DirectPort
from integration.stages.box_database import all_at_once
from servers.postgres import Server
from stand_ins.stripe.stand_in import StandIn

NOW = datetime(2026, 4, 15, 12, tzinfo=UTC)
PASSWORD = "only-for-tests"
STRIPE_SECRET = "whsec_only_for_tests"
BILLING = service_actor("billing")


NUMBER, OTHER_NUMBER = "701730496", "974760673"  # organisation numbers
PROFILE = {
    "legal_name": "Eksempel Bolig AS",
    "organization_number": NUMBER,
    "billing_address": None,
    "invoice_email": None,
    "invoice_reference": None,
    "invoice_eligible": True,
}


class Auth:
    """What auth answers of any workspace, until it says something else of one, or fails."""

    def __init__(self) -> None:
        self.says: dict[str, dict[str, Any]] = {}
        self.fails: dict[str, Exception] = {}

    def call(self, method: str, /, **arguments: Any) -> Any:
        assert method == "billing_profile"
        workspace_id = arguments["workspace_id"]
        if workspace_id in self.fails:
            raise self.fails[workspace_id]
        return {**arguments, **PROFILE, **self.says.get(workspace_id, {})}


class Billing:
    """billing at work: what others tell it, what a system admin asks of it, what it has told."""

    def __init__(
        self,
        parts: Parts,
        issuer: TokenIssuer,
        owner_url: str,
        clock: list[datetime],
        auth: Auth,
        variables: dict[str, str],
        stripe: StandIn | None = None,
    ) -> None:
        self.parts, self.owner_url, self._clock, self.auth = parts, owner_url, clock, auth
        self.variables, self._stripe = variables, stripe
        self.issuer, self.admin_id = issuer, uuid4()
        self.consumers = {
            source: Consumer(parts.app, source, reactions)
            for source, reactions in parts.sources().items()
        }
        parts.consumers()  # makes their cursors, the one of revocations too
        self.owners = owner_of(owner_url)
        # nobody is banned while these tests run
        self.owners.execute("update cursors set checked_at = now() + interval '1 hour'")
        self.heads = dict.fromkeys(self.consumers, (0, UUID(NONE_TOLD)))

    @property
    def admin(self) -> DirectPort:
        """How a system admin calls, who has just signed in."""
        return self._port(is_system_admin=True, id=str(self.admin_id))

    @property
    def now(self) -> datetime:
        """What billing's clock says."""
        return self._clock[0]

    def pass_seconds(self, seconds: int) -> datetime:
        """Let so much time go by; return when it is then."""
        self._clock[0] += timedelta(seconds=seconds)
        if self._stripe is not None:
            self._stripe.advance(seconds)
        return self.now

    @property
    def stripe(self) -> StandIn:
        """Who stands in for Stripe: its clock is billing's."""
        assert self._stripe is not None
        return self._stripe

    def buyer(self, **facts: Any) -> str:
        """Return a workspace that is known, and may not be invoiced; auth says `facts` of it."""
        workspace_id = str(uuid4())
        self.hear("auth", "workspace_created", workspace_id=workspace_id, owner_user_id=uuid4())
        self.auth.says[workspace_id] = facts
        return workspace_id

    def customer(self, projects: int) -> str:
        """Return a workspace that may be invoiced, with so many projects delivered."""
        workspace = {"workspace_id": uuid4()}
        self.hear("auth", "workspace_created", **workspace, owner_user_id=uuid4())
        self.approve(str(workspace["workspace_id"]))
        for _ in range(projects):
            self.deliver(self.start(str(workspace["workspace_id"])))
        return str(workspace["workspace_id"])

    def approve(self, workspace_id: str, number: str = NUMBER) -> None:
        """Let a workspace pay by invoice, under that organisation number."""
        approved = {"organization_number": number, "invoice_eligible": True}
        self.hear("auth", "workspace_profile_changed", workspace_id=UUID(workspace_id), **approved)

    def start(self, workspace_id: str) -> dict[str, Any]:
        """Let a workspace want photographs enhanced; return what is told of them."""
        about = self._about(workspace_id)
        self.hear("media", "project_start_requested", **about, max_price_ore=None)
        return about

    def _about(self, workspace_id: str) -> dict[str, Any]:
        return {
            "project_id": uuid4(),
            "project_kind": "image",
            "workspace_id": UUID(workspace_id),
            "user_id": uuid4(),
            "run": 1,
            "title": "Storgata 2",
        }

    def deliver(self, about: dict[str, Any]) -> None:
        """Let photographs be done."""
        done = {"completed_at": self.now, "completed_count": 2, "failed_count": 0}
        self.hear("media", "project_completed", **about, **done)

    def owner(self, workspace_id: str, user_id: str = "") -> DirectPort:
        """Return how the owner of a workspace calls, who has just signed in."""
        person = user_id or str(uuid4())
        return self._port(workspace_id=UUID(workspace_id), role="owner", id=person)

    def as_service(self, name: str) -> DirectPort:
        """Return how another service calls."""
        caller = Caller(service=name)
        return DirectPort(facade=BillingService, door=lambda: self.parts.door, caller=caller)

    def _port(self, **who: Any) -> DirectPort:
        person = Actor(kind="person", session_id=uuid4(), **who)
        caller = Caller(auth_token=self.issuer.issue(person, self.now))
        return DirectPort(facade=BillingService, door=lambda: self.parts.door, caller=caller)

    def hear(self, source: str, name: str, **data: Any) -> None:
        assert self.consumers[source].accept([self.heard(source, name, data)])

    def heard(self, source: str, name: str, data: dict[str, Any]) -> Heard:
        position, previous = self.heads[source]
        event_id = uuid4()
        self.heads[source] = (position + 1, event_id)
        return Heard(
            source=source,
            position=position + 1,
            previous=previous,
            event_id=event_id,
            type=f"{source}.{name}",
            stream_id=f"told-{event_id}",
            time=NOW,
            correlation_id="the-correlation",
            workspace_id=None,
            data=plain(data),
        )

    def customers(self, count: int) -> list[str]:
        """Return so many workspaces, each with one project delivered; heard in batches."""
        approved = {"organization_number": NUMBER, "invoice_eligible": True}
        done = {"completed_at": self.now, "completed_count": 2, "failed_count": 0}
        ids, told = [str(uuid4()) for _ in range(count)], []
        for id in ids:
            who = {"workspace_id": id, "owner_user_id": uuid4()}
            about = self._about(id)
            told += [
                ("auth", "workspace_created", who),
                ("auth", "workspace_profile_changed", {"workspace_id": id, **approved}),
                ("media", "project_start_requested", {**about, "max_price_ore": None}),
                ("media", "project_completed", {**about, **done}),
            ]
        for source in ("auth", "media"):
            heard = [self.heard(of, name, data) for of, name, data in told if of == source]
            assert self.consumers[source].accept(heard)
        return ids

    def at_once(self, method: str, calls: list[dict[str, Any]]) -> list[Any]:
        """Make all calls at the same moment, each under a key of its own; return what came."""
        return all_at_once(
            [
                partial(self.admin.call, method, **call, idempotency_key=str(uuid4()))
                for call in calls
            ]
        )

    def draft(self, workspace_id: str) -> str:
        reply = self.admin.call(
            "create_invoices", workspace_id=workspace_id, idempotency_key=workspace_id
        )
        invoice_id: str = reply["items"][0]["invoice_id"]
        return invoice_id

    def issued(self, projects: int) -> str:
        """Return an invoice, issued, for so many projects of a new customer."""
        invoice_id = self.draft(self.customer(projects))
        self.admin.call("issue_invoice", invoice_id=invoice_id, idempotency_key=invoice_id)
        return invoice_id

    def do(self, method: str, **arguments: Any) -> Any:
        """Call a command as a system admin, under a new key."""
        return self.admin.call(method, **arguments, idempotency_key=str(uuid4()))

    def grant(self, workspace_id: str, amount_ore: int) -> None:
        """Let a workspace have that much more credit: a transfer that nobody knew what for."""
        day = plain(oslo.day(self.now))
        came = {"external_id": str(uuid4()), "paid_on": day, "amount_ore": amount_ore}
        (transfer,) = self.do("import_bank_payments", payments=[came])["items"]
        id = transfer["bank_payment_id"]
        self.do("allocate_bank_payment", bank_payment_id=id, workspace_id=workspace_id)

    def pay(self, invoice_id: str, amount_ore: int, name: str = "T-1") -> None:
        """Let money come for an invoice today."""
        self.do(
            "record_invoice_payment",
            invoice_id=invoice_id,
            amount_ore=amount_ore,
            paid_on=plain(oslo.day(self.now)),
            source="bank",
            external_id=f"{name} {invoice_id}",
        )

    def bounce(self, invoice_id: str, name: str = "T-1") -> None:
        """Let that money be gone again."""
        self.do(
            "reverse_invoice_payment",
            invoice_id=invoice_id,
            source="bank",
            external_id=f"{name} {invoice_id}",
            reason="bounced",
        )

    def credit(self, workspace_id: str) -> int:
        """Return what a workspace's credit comes to."""
        app = self.parts.app
        found = app.query(lambda db: store.found(db, app.codec, wallet.decider, UUID(workspace_id)))
        ore: int = found.state.balance_ore
        return ore

    def worker(self, kind: str) -> Worker:
        """Return what does billing's jobs of that kind."""
        return Worker(self.parts.app, [each for each in self.parts.kinds if each.name == kind])

    def rows(self, query: str, **parameters: Any) -> list[dict[str, Any]]:
        """Return what the database's owner sees."""
        return self.owners.execute(query.encode(), parameters).fetchall()

    def broken(self) -> dict[str, Any]:
        """Return the invariants of billing that do not hold, with what breaks them."""
        found = {each.name: self.rows(each.query) for each in INVARIANTS}
        return {name: rows for name, rows in found.items() if rows}

    def told(self, name: str, invoice_id: str) -> list[dict[str, Any]]:
        query = (
            "select outbox from events where stream_id = 'invoice-' || %s"
            " and outbox ->> 'type' = 'billing.' || %s"
        )
        return self.owners.execute(query, [invoice_id, name]).fetchall()

    def remaining(self, invoice_id: str) -> int:
        ore: int = self.admin.call("get_invoice", invoice_id=invoice_id)["remaining_ore"]
        return ore


def owner_of(url: str) -> psycopg.Connection[dict[str, Any]]:
    """Return what the owner asks by, for as long as the shop is open.

    A new one for each look takes 10 ms of the processor. It prepares nothing: tables change.
    """
    return psycopg.connect(url, autocommit=True, prepare_threshold=None, row_factory=dict_row)


@contextmanager
def billing_database(server: Server, service: str = "billing") -> Iterator[tuple[str, str]]:
    """Yield the URLs of a migrated database: as its owner, as the service's app role."""
    name, app_role = f"{service}_{uuid4().hex[:8]}", f"{service}_app"
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        for role in (name, app_role):
            admin.execute(f"create role {role} login password '{PASSWORD}'".encode())
        admin.execute(f"create database {name} owner {name}".encode())
        owner_url = server.url(name, PASSWORD, name)
        try:
            migrations.upgrade(service, owner_url)
            yield owner_url, server.url(app_role, PASSWORD, name)
        finally:
            admin.execute(f"drop database {name} with (force)".encode())
            for role in (name, app_role):
                admin.execute(f"drop role {role}".encode())


def _of_cards(stripe: StandIn) -> dict[str, str]:
    """Return the settings by which a stand-in is asked, once it has the time of the shop."""
    stripe.state.skew_s = int(NOW.timestamp() - time.time())
    return {
        "STRIPE_KEY": "rk_test_only_for_tests",
        "STRIPE_WEBHOOK_SECRET": STRIPE_SECRET,
        "STRIPE_API_BASE": stripe.url,
        "CHECKOUT_RETURN_URL": "https://studio.example/billing",
    }


@contextmanager
def billing_shop(
    server: Server, folder: Path, stripe: StandIn | None = None, **settings_of: str
) -> Iterator[Billing]:
    """Yield billing, built on a database of its own, with its blobs in `folder`.

    It accepts cards if somebody stands in for `stripe`. `settings_of` its own take the place of
    others.
    """
    private, public = new_key_pair()
    with billing_database(server) as (owner_url, app_url):
        variables = {
            "DATABASE_URL": app_url,
            "PUBLIC_KEYS": json.dumps({"1": public}),
            "PUBLIC_URL": "https://billing.example",
            "BLOBS": "folder",
            "BLOBS_FOLDER": str(folder),
            "BLOBS_KEY": "only-for-tests-" * 3,
            "INVOICE_GATEWAY": "local",
            "ENV": "embedded",
            "MAIL": "folder",
            "MAIL_FOLDER": str(folder / "mail"),
            "MAIL_SENDER": "no-reply@ai-studio.example",
            **SELLER,
            **(_of_cards(stripe) if stripe else {}),
            **settings_of,
        }
        given = settings.load(Settings, variables)
        clock, auth = [NOW], Auth()
        parts = billing.build(given, lambda service: {"auth": auth}[service], lambda: clock[0])
        shop = Billing(parts, TokenIssuer("1", private), owner_url, clock, auth, variables, stripe)
        with shop.owners:
            yield shop
        parts.app.engine.dispose()
