"""The suite asked for the same thing again: with more money, by somebody else, by a rival."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID, uuid4

import pytest
import requests
from PIL import Image
from sqlalchemy import text

from affiliate.acts import payees
from affiliate.domain import earning, earning_messages
from auth.admins import create_system_admin
from chassis import ids
from chassis.database.schema import NONE_TOLD
from chassis.errors import Rejected, Unauthenticated
from chassis.identity import Actor, service_actor
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Heard
from chassis.unit.handling import App
from contracts.affiliate.payees import SetPayoutDetails
from contracts.billing import events as billing
from demo.people import Person
from embedded import mailbox
from embedded.suite import Suite
from media.links import original_key
from unit.stages.picture_files import saved

PASSWORD = "correct horse battery"
NUMBER = "923609016"
ACCOUNTS = {"old": "12345678903", "new": "15032080119"}
PATIENCE_S = 60
WAITING = (
    "select count(*) from pg_stat_activity"
    " where datname = current_database() and wait_event_type = 'Lock'"
)


@pytest.fixture(scope="module")
def suite(run_folder: Path) -> Iterator[Suite]:
    with Suite(run_folder / "asked_again", durable=False) as running:
        create_system_admin(running.parts["auth"].app, "admin@example.com", PASSWORD)
        yield running


def somebody(suite: Suite) -> tuple[Person, str]:
    """Return a person, signed up and verified, and their workspace."""
    person = Person(suite, f"{uuid4().hex[:8]}@example.com", PASSWORD)
    return person, person.sign_up("Kari", person.email)


def mailed_token(suite: Suite) -> str:
    """Return the token that verifies a new address."""
    email = f"{uuid4().hex[:8]}@example.com"
    suite.call("auth", "sign_up", None, name="Ola", email=email, password=PASSWORD)
    suite.settle()
    return mailbox.token(suite.mail(email)[-1])


def proof(token: str) -> dict[str, str]:
    """Return what verifies an address: the mailed token, and the password of that sign-up."""
    return {"token": token, "password": PASSWORD}


def details(account: str) -> SetPayoutDetails:
    return SetPayoutDetails(
        legal_name="Kari AS",
        organization_number=NUMBER,
        vat_registered=False,
        account=ACCOUNTS[account],
        invoice_email="kari@example.com",
    )


def by_service(app: App) -> Call:
    actor = service_actor(app.service.name)
    return Call(id=ids.fresh(), at=app.clock(), actor=actor, correlation_id="the-correlation")


def by_its_owner(app: App, workspace_id: UUID) -> Call:
    owner = Actor(kind="person", id=str(uuid4()), workspace_id=workspace_id, role="owner")
    return replace(by_service(app), actor=owner)


def set_account(app: App, workspace_id: UUID, account: str) -> None:
    app.attempt(
        by_its_owner(app, workspace_id),
        lambda unit: payees.set_details(unit, details(account)),
    )


def earned(workspace_id: UUID) -> earning_messages.Earn:
    paid_at = datetime(2026, 4, 15, 12, tzinfo=UTC)
    return earning_messages.Earn(
        relationship_id=uuid4(),
        affiliate_workspace_id=workspace_id,
        referred_workspace_id=uuid4(),
        relationship_started_at=paid_at - timedelta(days=30),
        percent=20,
        invoice_id=uuid4(),
        invoice_series="sales",
        invoice_number=10_001,
        currency="NOK",
        invoice_net_ore=100_000,
        credited_net_ore=0,
        self_referral=False,
        issued_at=paid_at,
        paid_at=paid_at,
        hold_days=0,
    )


def one(app: App, query: str) -> Any:
    return app.query(lambda connection: connection.execute(text(query)).scalar_one())


def by_invoice(suite: Suite) -> tuple[Person, str]:
    """Return a person who may pay by invoice, and their workspace."""
    person, workspace_id = somebody(suite)
    person.call("auth", "update_workspace", organization_number=NUMBER, legal_name="Kari AS")
    Person(suite, "admin@example.com", PASSWORD).call(
        "auth", "set_invoice_eligibility", workspace_id=workspace_id, eligible=True, reason="known"
    )
    suite.settle()
    return person, workspace_id


def with_photographs(person: Person, contents: Sequence[bytes]) -> tuple[str, list[str]]:
    """Return a project of kitchens, sent and confirmed, and its images."""
    made = person.call("media", "create_project", name="Storgata 2", style_template_id="modern")
    project: dict[str, Any] = {"project_id": made["id"]}
    files = [
        {
            "file_name": "kitchen.png",
            "content_type": "image/png",
            "size_bytes": len(content),
            "sha256": sha256(content).hexdigest(),
        }
        for content in contents
    ]
    uploads = person.call("media", "request_uploads", **project, files=files)["items"]
    for upload, content in zip(uploads, contents, strict=True):
        requests.put(
            upload["url"], content, headers=upload["headers"], timeout=30
        ).raise_for_status()
    named = {**project, "image_ids": [upload["image_id"] for upload in uploads]}
    person.call("media", "confirm_uploads", **named)
    person.call("media", "set_room_type", **named, room_type="kitchen")
    return made["id"], named["image_ids"]


def told_of(suite: Suite, service: str, target: str) -> list[tuple[str, int]]:
    """Return what was told of the runs of a target, in order."""
    query = f"""
        select outbox->>'type' as type, (outbox->'data'->>'run')::int as run
        from events join positions using (seq)
        where outbox->'data'->>'run' is not null and outbox::text like '%{target}%'
        order by position"""
    return [(each["type"], each["run"]) for each in suite.sql(service, query)]


def test_a_project_of_which_nothing_came_out_is_cleared_anew_and_billed_once(suite: Suite) -> None:
    person, workspace_id = by_invoice(suite)
    contents = [saved(Image.new("RGB", (64, 48), colour), "PNG") for colour in ("gray", "tan")]
    project_id, image_ids = with_photographs(person, contents)
    blobs = suite.parts["media"].door.tools.blobs
    originals = {
        original_key(UUID(workspace_id), UUID(project_id), UUID(id), "image/png"): content
        for id, content in zip(image_ids, contents, strict=True)
    }

    def started(key: str) -> dict[str, Any]:
        person.call("media", "start_project", project_id=project_id, idempotency_key=key)
        suite.settle()
        row: dict[str, Any] = person.call("media", "get_project", project_id=project_id)
        shown = ("status", "clearance", "run", "completed_count", "failed_count")
        return {name: row[name] for name in shown}

    def lines() -> list[Any]:
        listed: list[Any] = person.call("billing", "list_line_items")["items"]
        return [each["status"] for each in listed]

    for key in originals:
        blobs.put(key, b"no picture any more")
    assert started("once") == {
        "status": "failed",
        "clearance": "none",
        "run": 1,
        "completed_count": 0,
        "failed_count": 2,
    }
    assert lines() == []

    for key, content in originals.items():
        blobs.put(key, content)
    assert started("again") == {
        "status": "completed",
        "clearance": "cleared",
        "run": 2,
        "completed_count": 2,
        "failed_count": 0,
    }
    assert lines() == ["pending"]
    assert told_of(suite, "media", project_id) == [
        ("media.project_start_requested", 1),
        ("media.project_failed", 1),
        ("media.project_start_requested", 2),
        ("media.project_completed", 2),
    ]
    assert told_of(suite, "billing", project_id) == [
        ("billing.payment_cleared", 1),
        ("billing.payment_cleared", 2),
    ]


def test_a_film_that_was_too_dear_is_made_when_it_is_started_again_for_more(suite: Suite) -> None:
    person, _ = by_invoice(suite)
    clips = [{"room_type": "kitchen", "image_generation_id": str(uuid4())} for _ in range(2)]
    film = person.call("video", "create_video", name="Storgata 2", clips=clips)["id"]

    def started(**most: int) -> Any:
        person.call(
            "video", "start_video", video_project_id=film, idempotency_key=str(most), **most
        )
        suite.settle()
        target = {"target_kind": "video_project", "target_id": film}
        return person.call("billing", "get_payment_status", **target)

    assert started(max_price_ore=1)["reason"] == "price_above_max"
    assert started(max_price_ore=2)["reason"] == "price_above_max"
    assert person.call("video", "get_video", video_project_id=film)["clearance"] == (
        "payment_required"
    )
    assert started()["clearance"] == "cleared"


def test_two_people_under_the_same_key_are_each_verified(suite: Suite) -> None:
    tokens = [mailed_token(suite), mailed_token(suite)]

    verified = [
        suite.call("auth", "verify_email", None, **proof(token), idempotency_key="one")
        for token in tokens
    ]

    assert len({each["user_id"] for each in verified}) == 2
    assert all(each["session_token"] for each in verified)


def test_who_holds_the_token_is_answered_the_same_again(suite: Suite) -> None:
    again = {**proof(mailed_token(suite)), "idempotency_key": "again"}

    first, second = (suite.call("auth", "verify_email", None, **again) for _ in range(2))

    assert second == {**first, "session_token": None}


def test_who_authenticates_again_under_the_same_key_gets_a_token_and_no_reply_is_kept(
    suite: Suite,
) -> None:
    verified = suite.call("auth", "verify_email", None, **proof(mailed_token(suite)))
    session = verified["session_token"]
    again = {"session_token": session, "idempotency_key": "mine"}
    kept = "select count(*) from commands"
    before = one(suite.parts["auth"].app, kept)

    replies = [suite.call("auth", "authenticate", None, **again) for _ in range(2)]

    first, second = (datetime.fromisoformat(each["expires_at"]) for each in replies)
    assert all(each["access_token"] for each in replies)
    assert second > first  # it was run again
    assert one(suite.parts["auth"].app, kept) == before


def test_another_persons_key_opens_nothing(suite: Suite) -> None:
    verified = suite.call("auth", "verify_email", None, **proof(mailed_token(suite)))
    session = verified["session_token"]
    key = {"idempotency_key": "mine"}
    assert suite.call("auth", "authenticate", None, session_token=session, **key)["access_token"]

    with pytest.raises(Unauthenticated):
        suite.call("auth", "authenticate", None, session_token="guessed", **key)


def test_a_sign_up_with_another_password_is_another_request(suite: Suite) -> None:
    email = f"{uuid4().hex[:8]}@example.com"
    given = {"name": "Kari", "email": email, "idempotency_key": "one"}
    first = suite.call("auth", "sign_up", None, password=PASSWORD, **given)

    with pytest.raises(Rejected) as refusal:
        suite.call("auth", "sign_up", None, password="another long password", **given)

    assert refusal.value.code == "chassis.idempotency_mismatch"
    assert suite.call("auth", "sign_up", None, password=PASSWORD, **given) == first
    other = {**given, "email": f"other-{email}", "password": "another long password"}
    assert suite.call("auth", "sign_up", None, **other) != first  # a stranger under that key


def test_a_default_said_out_loud_is_the_same_request(suite: Suite) -> None:
    person, _ = somebody(suite)
    given = {"name": "Storgata 2", "style_template_id": "modern", "idempotency_key": "one"}
    first = person.call("media", "create_project", **given)

    assert person.call("media", "create_project", room_type=None, **given) == first
    with pytest.raises(Rejected, match="idempotency_mismatch"):
        person.call("media", "create_project", room_type="kitchen", **given)


def test_why_somebody_may_pay_by_invoice_is_kept_once_and_in_no_event(suite: Suite) -> None:
    person, workspace_id = somebody(suite)
    person.call("auth", "update_workspace", organization_number=NUMBER, legal_name="Kari AS")
    admin, app = Person(suite, "admin@example.com", PASSWORD), suite.parts["auth"].app
    kept = f"select value from personal where row_id = '{workspace_id}'"
    kept += " and field = 'eligibility_reason'"

    for reason in ("Ola Nordmann vouches", "said again"):
        given = {"workspace_id": workspace_id, "eligible": True, "reason": reason}
        admin.call("auth", "set_invoice_eligibility", **given)

    assert one(app, kept) == "Ola Nordmann vouches"
    assert one(app, "select count(*) from events where data::text like '%Nordmann%'") == 0


def test_of_accounts_that_are_said_at_once_the_later_is_kept_and_told(suite: Suite) -> None:
    _, workspace_id = somebody(suite)
    suite.settle()
    app, written, said = suite.parts["affiliate"].app, Event(), Event()
    set_account(app, UUID(workspace_id), "old")

    def change(unit: Unit) -> None:
        payees.set_details(unit, details("new"))
        written.set()
        # the rival waits to read this one
        deadline = time.monotonic() + PATIENCE_S
        while not (said.is_set() or one(app, WAITING)):
            assert time.monotonic() < deadline

    def say_again() -> None:
        set_account(app, UUID(workspace_id), "old")
        said.set()

    with ThreadPoolExecutor(2) as rivals:
        changed = rivals.submit(app.attempt, by_its_owner(app, UUID(workspace_id)), change)
        assert written.wait(PATIENCE_S)
        again = rivals.submit(say_again)
        changed.result()
        again.result()

    kept = f"select value from personal where row_id = '{workspace_id}' and field = 'account'"
    said_so = f"select count(*) from events where stream_id = 'customer-{workspace_id}'"
    assert one(app, kept) == ACCOUNTS["old"]
    assert one(app, f"{said_so} and type like 'PayoutDetailsSet%'") == 3


def test_a_payout_goes_to_the_account_it_was_created_with(suite: Suite) -> None:
    _, workspace_id = somebody(suite)
    suite.settle()
    app, admin = suite.parts["affiliate"].app, Person(suite, "admin@example.com", PASSWORD)
    set_account(app, UUID(workspace_id), "old")
    app.handle(earning.decider, uuid4(), earned(UUID(workspace_id)), by_service(app))
    wanted = {"affiliate_workspace_id": workspace_id, "cutoff": "2026-04-15"}
    created = admin.call("affiliate", "create_payout", **wanted, idempotency_key=workspace_id)
    payout_id = created["items"][0]["id"]
    admin.call("affiliate", "approve_payout", payout_id=payout_id, idempotency_key=payout_id)

    set_account(app, UUID(workspace_id), "new")

    paid_to = admin.call("affiliate", "get_payout", payout_id=payout_id)["payee"]
    assert paid_to["account"] == ACCOUNTS["old"][-4:]


@pytest.mark.parametrize("service", ["media", "video"])
@pytest.mark.parametrize("name", ["payment_cleared", "payment_required"])
def test_a_payment_for_what_a_restored_service_has_forgotten_stops_nothing(
    suite: Suite, service: str, name: str
) -> None:
    parts = suite.parts[service]
    kind = {"media": "image_project", "video": "video_project"}[service]
    about: dict[str, Any] = {
        "target_kind": kind,
        "target_id": uuid4(),
        "workspace_id": uuid4(),
        "run": 1,
    }
    priced: dict[str, Any] = {"price_ore": 100_000, "price_version": 0, "vat_rate_bp": 2_500}
    told: Any = {
        "payment_cleared": billing.PaymentCleared(**about, **priced, method="invoice"),
        "payment_required": billing.PaymentRequired(**about, price_ore=100_000, reason="no_method"),
    }[name]
    heard = Heard(
        source="billing",
        position=1,
        previous=UUID(NONE_TOLD),
        event_id=uuid4(),
        type=f"billing.{name}",
        stream_id="payment-of-it",
        time=parts.app.clock(),
        correlation_id="the-correlation",
        workspace_id=None,
        data={},
        event=told,
    )
    (reaction,) = [each for each in parts.reactions if each.hears is type(told)]

    parts.app.attempt(by_service(parts.app), lambda unit: reaction.react(unit, heard))


def test_equal_calls_at_once_are_one_sign_up_and_one_session(suite: Suite) -> None:
    for _ in range(6):  # rivals do not always meet
        email = f"{uuid4().hex[:8]}@example.com"
        account = {"email": email, "password": PASSWORD, "idempotency_key": email}

        def sign_up(_: int, given: dict[str, str] = account) -> str:
            return str(suite.call("auth", "sign_up", None, name="Kari", **given)["user_id"])

        with ThreadPoolExecutor(8) as rivals:
            assert len(set(rivals.map(sign_up, range(8)))) == 1
        suite.settle()
        mailed = mailbox.token(suite.mail(email)[-1])
        suite.call("auth", "verify_email", None, **proof(mailed))

        def sign_in(_: int, given: dict[str, str] = account) -> tuple[str, str | None]:
            session = suite.call("auth", "sign_in", None, **given)
            return session["session_id"], session["session_token"]

        with ThreadPoolExecutor(5) as rivals:  # more at once would have to wait
            sessions = list(rivals.map(sign_in, range(5)))
        assert len({id for id, _ in sessions}) == 1
        shown = [token for _, token in sessions if token is not None]
        assert len(shown) == 1  # a repeat is not shown the token again
        suite.call("auth", "authenticate", None, session_token=shown[0])
