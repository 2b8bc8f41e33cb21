"""billing among rivals, on PostgreSQL: what many do at the same moment happens once."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.rows import dict_row

from billing import app as billing
from billing import numbering
from billing.invariants import NUMBERS_IN_ORDER
from billing.service import BillingService
from billing.settings import Settings
from chassis import settings
from chassis.codec import plain
from chassis.database import migrations
from chassis.database.schema import NONE_TOLD
from chassis.door.edge import Caller
from chassis.door.tokens import TokenIssuer, new_key_pair
from chassis.errors import Rejected, ServiceError
from chassis.hearing.inbox import Consumer
from chassis.identity import Actor
from chassis.running.parts import Parts
from chassis.unit.envelope import Heard
from embedded.assembly import SELLER
from embedded.direct import DirectPort
from integration.stages.box_database import all_at_once
from servers.postgres import Server

NOW = datetime(2026, 4, 15, 12, tzinfo=UTC)
TODAY = "2026-04-15"
GROSS_ORE = 125_000  # of one image project
PASSWORD = "only-for-tests"


class Auth:
    """What auth answers of any workspace."""

    def call(self, method: str, /, **arguments: Any) -> Any:
        assert method == "billing_profile"
        return {
            **arguments,
            "legal_name": "Eksempel Bolig AS",
            "organization_number": "701730496",
            "billing_address": None,
            "invoice_email": None,
            "invoice_reference": None,
        }


class Billing:
    """billing at work: what others tell it, what a system admin asks of it, what it has told."""

    def __init__(self, parts: Parts, issuer: TokenIssuer, owner_url: str) -> None:
        self.parts, self.owner_url = parts, owner_url
        person = Actor(kind="person", id=str(uuid4()), session_id=uuid4(), is_system_admin=True)
        caller = Caller(auth_token=issuer.issue(person, NOW))
        self.admin = DirectPort(facade=BillingService, door=lambda: parts.door, caller=caller)
        self.consumers = {
            source: Consumer(parts.app, source, reactions)
            for source, reactions in parts.sources().items()
        }
        parts.consumers()  # makes their cursors, the one of revocations too
        with psycopg.connect(owner_url) as connection:  # nobody is banned while these tests run
            connection.execute("update cursors set checked_at = now() + interval '1 hour'")
        self.heads = dict.fromkeys(self.consumers, (0, UUID(NONE_TOLD)))

    def customer(self, projects: int) -> str:
        """Return a workspace that may be invoiced, with so many projects delivered."""
        workspace = {"workspace_id": uuid4()}
        number = {"organization_number": "701730496", "invoice_eligible": True}
        self.hear("auth", "workspace_created", **workspace, owner_user_id=uuid4())
        self.hear("auth", "workspace_profile_changed", **workspace, **number)
        for _ in range(projects):
            project = {"project_id": uuid4(), "project_kind": "image", "user_id": uuid4(), "run": 1}
            about = {**workspace, **project, "title": "Storgata 2"}
            done = {"completed_at": NOW, "completed_count": 2, "failed_count": 0}
            self.hear("media", "project_start_requested", **about, max_price_ore=None)
            self.hear("media", "project_completed", **about, **done)
        return str(workspace["workspace_id"])

    def hear(self, source: str, name: str, **data: Any) -> None:
        position, previous = self.heads[source]
        event_id = uuid4()
        self.heads[source] = (position + 1, event_id)
        heard = Heard(
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
        assert self.consumers[source].accept([heard])

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

    def told(self, name: str, invoice_id: str) -> list[dict[str, Any]]:
        query = (
            "select outbox from events where stream_id = 'invoice-' || %s"
            " and outbox ->> 'type' = 'billing.' || %s"
        )
        with psycopg.connect(self.owner_url, row_factory=dict_row) as connection:
            return connection.execute(query, [invoice_id, name]).fetchall()

    def remaining(self, invoice_id: str) -> int:
        ore: int = self.admin.call("get_invoice", invoice_id=invoice_id)["remaining_ore"]
        return ore


@contextmanager
def billing_database(server: Server) -> Iterator[tuple[str, str]]:
    """Yield the URLs of a migrated database: as its owner, as billing's app role."""
    name = f"billing_{uuid4().hex[:8]}"
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        for role in (name, "billing_app"):
            admin.execute(f"create role {role} login password '{PASSWORD}'".encode())
        admin.execute(f"create database {name} owner {name}".encode())
        owner_url = server.url(name, PASSWORD, name)
        migrations.upgrade("billing", owner_url)
        yield owner_url, server.url("billing_app", PASSWORD, name)
        admin.execute(f"drop database {name} with (force)".encode())
        for role in (name, "billing_app"):
            admin.execute(f"drop role {role}".encode())


@pytest.fixture(scope="module")
def shop(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Billing]:
    private, public = new_key_pair()
    folder: Path = tmp_path_factory.mktemp("blobs")
    with billing_database(postgres_server) as (owner_url, app_url):
        variables = {
            "DATABASE_URL": app_url,
            "PUBLIC_KEYS": json.dumps({"1": public}),
            "PUBLIC_URL": "https://billing.example",
            "BLOBS": "folder",
            "BLOBS_FOLDER": str(folder),
            "BLOBS_KEY": "only-for-tests-" * 3,
            "INVOICE_GATEWAY": "local",
            "ENV": "embedded",
            **SELLER,
        }
        given = settings.load(Settings, variables)
        parts = billing.build(given, lambda service: {"auth": Auth()}[service], lambda: NOW)
        yield Billing(parts, TokenIssuer("1", private), owner_url)
        parts.app.engine.dispose()


def payment(invoice_id: str, amount_ore: int, external_id: str) -> dict[str, Any]:
    return {
        "invoice_id": invoice_id,
        "amount_ore": amount_ore,
        "paid_on": TODAY,
        "source": "bank",
        "external_id": external_id,
    }


def codes(outcomes: list[Any]) -> list[str]:
    """Return the codes of those that were refused. Raises what is no refusal."""
    errors = [each for each in outcomes if isinstance(each, Exception)]
    for error in errors:
        if not isinstance(error, ServiceError):
            raise error
    return [error.code for error in errors if isinstance(error, ServiceError)]


def test_fifty_who_draft_at_once_make_one_draft(shop: Billing) -> None:
    customer = shop.customer(projects=2)

    replies = shop.at_once("create_invoices", [{"workspace_id": customer}] * 50)

    assert codes(replies) == []
    drafts = [item for reply in replies for item in reply["items"]]
    assert [draft["gross_ore"] for draft in drafts] == [2 * GROSS_ORE]
    listed = shop.admin.call("list_invoices", workspace_id=customer)["items"]
    assert [invoice["id"] for invoice in listed] == [drafts[0]["invoice_id"]]


def test_fifty_who_issue_one_invoice_at_once_are_told_one_number(shop: Billing) -> None:
    invoice_id = shop.draft(shop.customer(projects=1))

    replies = shop.at_once("issue_invoice", [{"invoice_id": invoice_id}] * 50)

    assert codes(replies) == []
    assert replies == [replies[0]] * 50
    assert len(shop.told("invoice_issued", invoice_id)) == 1


def test_invoices_issued_at_once_have_numbers_without_a_gap(shop: Billing) -> None:
    before = shop.admin.call(
        "issue_invoice", invoice_id=shop.draft(shop.customer(projects=1)), idempotency_key="before"
    )["invoice_number"]
    drafts = [shop.draft(shop.customer(projects=1)) for _ in range(30)]

    replies = shop.at_once("issue_invoice", [{"invoice_id": each} for each in drafts])

    assert codes(replies) == []
    numbers = sorted(reply["invoice_number"] for reply in replies)
    assert numbers == list(range(before + 1, before + 31))


def test_of_rival_payments_that_each_fit_alone_one_is_taken(shop: Billing) -> None:
    invoice_id = shop.issued(projects=1)

    replies = shop.at_once(
        "record_invoice_payment",
        [payment(invoice_id, 100_000, f"rival-{number}") for number in range(20)],
    )

    assert codes(replies) == ["billing.overpaid"] * 19
    assert shop.remaining(invoice_id) == GROSS_ORE - 100_000


def test_a_final_payment_noted_twenty_times_at_once_is_told_once(shop: Billing) -> None:
    invoice_id = shop.issued(projects=1)

    replies = shop.at_once("record_invoice_payment", [payment(invoice_id, GROSS_ORE, "final")] * 20)

    assert codes(replies) == []
    assert [(each["state"], each["remaining_ore"]) for each in replies] == [("Paid", 0)] * 20
    assert len(shop.told("invoice_paid", invoice_id)) == 1


def test_one_external_id_on_many_invoices_at_once_is_recorded_on_one(shop: Billing) -> None:
    invoices = [shop.issued(projects=1) for _ in range(8)]

    replies = shop.at_once(
        "record_invoice_payment", [payment(each, 1_000, "shared") for each in invoices]
    )

    assert codes(replies) == ["billing.payment_already_recorded"] * 7
    assert sorted(map(shop.remaining, invoices)) == [GROSS_ORE - 1_000] + [GROSS_ORE] * 7


def last_number(shop: Billing) -> int:
    return numbering.taken(shop.parts.app)


def moved(shop: Billing) -> None:
    """Let the last number have been confirmed in another database than this."""
    with psycopg.connect(shop.owner_url) as connection:
        connection.execute("update number_confirmed set place = 'another'")


def confirm(shop: Billing, last: int, heard: int = 0) -> dict[str, Any]:
    said = numbering.Confirmation(last=last, heard=heard, reason="restored", who="kari")
    return numbering.confirm(shop.parts.app, said)


def in_order(shop: Billing) -> bool:
    """Return whether `suitectl verify` finds the numbers in order."""
    with psycopg.connect(shop.owner_url) as connection:
        return connection.execute(NUMBERS_IN_ORDER.query.encode()).fetchall() == []


def test_nothing_is_drafted_or_issued_until_the_last_number_is_confirmed_and_none_is_given_twice(
    shop: Billing,
) -> None:
    paid = shop.issued(projects=1)
    drafts = [shop.draft(shop.customer(projects=1)) for _ in range(10)]
    last, more = last_number(shop), shop.customer(projects=1)
    moved(shop)
    with pytest.raises(Rejected, match="numbers_unconfirmed"):
        shop.draft(more)
    calls = [{"invoice_id": each} for each in drafts]
    assert codes(shop.at_once("issue_invoice", calls)) == ["billing.numbers_unconfirmed"] * 10
    assert last_number(shop) == last
    shop.admin.call(  # everything else goes on
        "record_invoice_payment", **payment(paid, 1_000, "meanwhile"), idempotency_key="meanwhile"
    )
    for given, heard in ((last - 1, 0), (last + 1, last + 2)):
        with pytest.raises(Rejected, match="number_given"):
            confirm(shop, given, heard)
    assert not numbering.is_confirmed(shop.parts.app)
    issue = [
        partial(shop.admin.call, "issue_invoice", **call, idempotency_key=str(uuid4()))
        for call in calls
    ]
    outcomes: list[Any] = all_at_once([partial(confirm, shop, last + 3, last + 2), *issue])
    assert outcomes[0]["passed_over"] == [[last + 1, last + 3]]
    left = [call for call, came in zip(calls, outcomes[1:], strict=True) if failed(came)]
    assert set(codes(outcomes)) <= {"billing.numbers_unconfirmed"}
    assert not left or codes(shop.at_once("issue_invoice", left)) == []
    numbers = [shop.admin.call("get_invoice", **call)["invoice_number"] for call in calls]
    assert sorted(numbers) == list(range(last + 4, last + 14))
    assert in_order(shop)
    with psycopg.connect(shop.owner_url) as connection:
        query = "select who, did, details->'passed_over' from audit"
        assert connection.execute(query).fetchall() == [
            ("kari", "numbers confirmed", [[last + 1, last + 3]])
        ]


def failed(outcome: Any) -> bool:
    return isinstance(outcome, Exception)


def test_a_gap_that_nobody_passed_over_is_found(shop: Billing) -> None:
    shop.issued(projects=1)
    confirm(shop, last_number(shop) + 2)
    shop.issued(projects=1)
    assert in_order(shop)
    with psycopg.connect(shop.owner_url) as connection:
        query = NUMBERS_IN_ORDER.query.replace("NumbersPassedOver", "another event")
        assert len(connection.execute(query.encode()).fetchall()) >= 1
