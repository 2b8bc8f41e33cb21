"""Stripe's webhook: only Stripe's own word is taken."""

import json
import time
from typing import Any, get_args

import pytest
import stripe
from prometheus_client import REGISTRY
from stripe import WebhookSignature
from stripe.params import WebhookEndpointCreateParams
from werkzeug.test import Client

from billing.app import SERVICE
from billing.gateways.stripe import verify
from billing.gateways.stripe_event import EVENTS, STRIPE_API, StripeEvent
from billing.webhooks import stripe_webhook
from chassis import ids
from chassis.database import postgres
from chassis.door.web import PublicDoor, Route
from chassis.errors import Invalid, Unauthenticated
from chassis.unit.handling import App

SECRET = "whsec_of_this_test"
BODY = {
    "id": "evt_1",
    "type": "checkout.session.completed",
    "livemode": False,
    "api_version": STRIPE_API,
    "created": 1_772_000_000,
    "data": {"object": {"id": "cs_1", "customer_email": "kari@example.no"}},
}


def signed(payload: str, secret: str = SECRET, seconds_ago: int = 0) -> str:
    at = int(time.time()) - seconds_ago
    return str(WebhookSignature.generate_signature_header(payload, secret, at))


def client(secret: str | None = SECRET) -> Client:
    """A door whose database is never reached."""
    app = App(service=SERVICE, engine=postgres.engine("postgresql://nowhere.invalid", name="test"))
    answer = stripe_webhook(app, secret, livemode=False)
    return Client(PublicDoor([Route(path="/webhooks/stripe", methods=("POST",), answer=answer)]))


def post(payload: str, signature: str | None, secret: str | None = SECRET) -> tuple[int, Any]:
    headers = {} if signature is None else {"Stripe-Signature": signature}
    response = client(secret).post("/webhooks/stripe", data=payload.encode(), headers=headers)
    said = response.get_json()
    assert response.status_code == 200 or said.pop("request_id")
    return response.status_code, said


def test_what_stripe_signed_is_reduced_to_what_is_kept() -> None:
    payload = json.dumps(BODY)

    assert verify(payload.encode(), signed(payload), SECRET, ids.now()) == StripeEvent(
        id="evt_1",
        type="checkout.session.completed",
        livemode=False,
        api_version=STRIPE_API,
        object_id="cs_1",
        created=1_772_000_000,
        object={"id": "cs_1", "customer_email": "kari@example.no"},
    )


def test_an_event_has_what_we_wrote_on_its_object_and_shows_nothing_of_a_buyer() -> None:
    about = {"id": "cs_1", "metadata": {"attempt": "2"}, "customer_email": "kari@example.no"}
    payload = json.dumps({**BODY, "data": {"object": about}})
    event = verify(payload.encode(), signed(payload), SECRET, ids.now())

    assert event.metadata == {"attempt": "2"}
    assert "kari" not in repr(event)
    plain = json.dumps(BODY)
    assert verify(plain.encode(), signed(plain), SECRET, ids.now()).metadata == {}


@pytest.mark.parametrize("seconds_ago", [301, -310])
def test_a_signature_too_old_or_from_the_future_is_refused(seconds_ago: int) -> None:
    payload = json.dumps(BODY)

    with pytest.raises(Unauthenticated):
        verify(payload.encode(), signed(payload, seconds_ago=seconds_ago), SECRET, ids.now())


def nasty_signatures() -> list[str]:
    """Everything but a signature: of any bytes, as a door reads them (latin-1), and longer."""
    good, now = signed(json.dumps(BODY)), int(time.time())
    return [
        *("", "v1=ab", "t=1,v1=ab", "t=x,v1=ab", "t=,,", "=", "é", "\ud800", "t=1", "v1", ",,,"),
        *(f"t={now},v1={each}" for each in ("é", "\u00ff" * 64, "a" * 63 + "ø", "\x00", "")),
        *(f"t={each},v1=ab" for each in ("9" * 400, "9" * 5_000, "-1", "NaN", "1e9", "\u0663")),
        good.replace("t=", "t=é"),
        good.replace(",v1=", "=1,v1="),  # Stripe's library leaves out what follows
        good.replace("v1=", "v0="),
        f"t={now}," + ",".join(["v1=" + "a" * 64] * 5_000),
        *(f"t={now},v1={chr(byte) * 64}" for byte in range(256)),
    ]


def test_what_is_no_signature_is_refused() -> None:
    payload = json.dumps(BODY).encode()
    for signature in nasty_signatures():
        with pytest.raises(Unauthenticated):
            verify(payload, signature, SECRET, ids.now())


def test_a_changed_body_is_refused() -> None:
    payload = json.dumps(BODY)
    with pytest.raises(Unauthenticated):
        verify(payload.replace("evt_1", "evt_2").encode(), signed(payload), SECRET, ids.now())
    with pytest.raises(Unauthenticated):
        verify(b"\xff\xfe", signed(payload), SECRET, ids.now())


@pytest.mark.parametrize(
    "payload",
    [
        "nothing",
        "[]",
        "{}",
        json.dumps({**BODY, "livemode": 1}),
        json.dumps({**BODY, "data": {"object": "cs_1"}}),
        json.dumps({**BODY, "data": {"object": {"id": "cs_1", "metadata": {"attempt": 2}}}}),
        json.dumps({**BODY, "data": {"object": {"id": "cs_1", "metadata": "attempt"}}}),
        json.dumps({**BODY, "created": "now"}),
        json.dumps({**BODY, "created": 1 << 63}),
        json.dumps({**BODY, "created": -1}),
        json.dumps({**BODY, "id": "evt_\x00"}),  # no text of PostgreSQL
        json.dumps({**BODY, "type": "\ud800"}),
        json.dumps({**BODY, "id": "evt_" + "1" * 3_000}),  # more than an index takes
        "[" * 100_000,
    ],
)
def test_a_signed_body_that_is_no_event_is_invalid(payload: str) -> None:
    with pytest.raises(Invalid):
        verify(payload.encode(), signed(payload), SECRET, ids.now())


def test_without_a_secret_the_door_says_that_it_is_not_configured() -> None:
    payload = json.dumps(BODY)

    assert post(payload, signed(payload), secret=None) == (
        503,
        {"error": "billing.card_not_configured"},
    )


def test_a_missing_or_forged_signature_is_a_bad_request() -> None:
    payload = json.dumps(BODY)

    assert post(payload, None)[0] == 400
    assert post(payload, signed(payload, secret="whsec_other"))[0] == 400


def test_what_cannot_be_kept_now_is_asked_for_again() -> None:
    payload = json.dumps(BODY)

    assert post(payload, signed(payload)) == (503, {"error": "chassis.database_unavailable"})


def test_live_events_do_not_come_into_a_test_house() -> None:
    payload = json.dumps({**BODY, "livemode": True})

    assert post(payload, signed(payload)) == (
        400,
        {"error": "billing.webhook_livemode_mismatch"},
    )


@pytest.mark.parametrize(
    "version", ["2025-09-30.clover", "2017-08-15", "endive", "2026-10-28.", "", None, 1]
)
def test_names_of_another_release_are_not_guessed(version: object) -> None:
    before = refused("api_version")
    unreadable = {"object": {"id": "cs_1", "metadata": {"payment_id": "x", "attempt": "x"}}}
    payload = json.dumps({**BODY, "api_version": version, "data": unreadable})

    assert post(payload, signed(payload)) == (400, {"error": "billing.webhook_api_version"})
    assert refused("api_version") == before + 1


def test_a_later_version_of_the_same_release_is_read() -> None:
    payload = json.dumps({**BODY, "api_version": "2026-12-16.endive"})

    assert post(payload, signed(payload))[0] == 503  # taken, but there is no database


def refused(reason: str) -> float:
    return REGISTRY.get_sample_value("billing_webhooks_refused_total", {"reason": reason}) or 0


def test_the_version_is_the_librarys_own_and_its_release_has_all_that_is_heard() -> None:
    assert stripe.api_version == STRIPE_API
    assert literals(WebhookEndpointCreateParams.__annotations__["enabled_events"]) >= EVENTS


def literals(hint: object) -> set[str]:
    """Return all words that a type allows."""
    inside = get_args(hint)
    words = {each for each in inside if isinstance(each, str)}
    return words.union(*map(literals, inside)) if inside else set()


def test_a_body_above_a_mebibyte_is_not_read() -> None:
    assert post("x" * (2**20 + 1), "t=1,v1=ab")[0] == 413
