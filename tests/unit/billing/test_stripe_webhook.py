"""Stripe's webhook: only Stripe's own word is taken."""

import json
import time
from typing import Any

import pytest
from stripe import WebhookSignature
from werkzeug.test import Client

from billing.app import SERVICE
from billing.gateways.stripe import StripeEvent, verify
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
        object_id="cs_1",
        created=1_772_000_000,
    )


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


def test_a_body_above_a_mebibyte_is_not_read() -> None:
    assert post("x" * (2**20 + 1), "t=1,v1=ab")[0] == 413
