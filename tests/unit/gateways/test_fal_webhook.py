"""fal's webhook: what is signed by fal and of now is heard, and of it the request's id alone."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from werkzeug.datastructures import Headers

from chassis.errors import Invalid, Unauthenticated
from fal.webhooks import signed
from gateways.fal_webhook import told

NOW = datetime(2026, 6, 1, 12, 0, 0, tzinfo=UTC)
KEY, OLDER, ANOTHERS = (Ed25519PrivateKey.generate() for _ in range(3))
KEYS = (OLDER.public_key(), KEY.public_key())
BODY = json.dumps({"request_id": "r-1", "gateway_request_id": "r-2", "status": "OK"}).encode()


def heard(headers: Mapping[str, str], body: bytes = BODY) -> str:
    return told(body, Headers(dict(headers)), lambda: KEYS, NOW)


def stamped(seconds: int = 0, key: Ed25519PrivateKey = KEY, body: bytes = BODY) -> dict[str, str]:
    at = NOW + timedelta(seconds=seconds)
    return signed(key, "r-1", int(at.timestamp()), body)


@pytest.mark.parametrize("seconds", [-300, 0, 300])
@pytest.mark.parametrize("key", [KEY, OLDER])
def test_what_fal_signed_names_its_request(key: Ed25519PrivateKey, seconds: int) -> None:
    assert heard(stamped(seconds, key)) == "r-1"


def test_the_names_of_headers_have_no_case() -> None:
    assert heard({name.lower(): each for name, each in stamped().items()}) == "r-1"


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_stamp_that_is_301_seconds_off_is_refused(seconds: int) -> None:
    with pytest.raises(Unauthenticated):
        heard(stamped(seconds))


@pytest.mark.parametrize(
    "spoilt",
    [
        {"X-Fal-Webhook-Signature": stamped(key=ANOTHERS)["X-Fal-Webhook-Signature"]},
        {"X-Fal-Webhook-Signature": ""},
        {"X-Fal-Webhook-Signature": "00" * 64},
        {"X-Fal-Webhook-Signature": "ab"},
        {"X-Fal-Webhook-Signature": "x" * 128},
        {"X-Fal-Webhook-Request-Id": "r-2"},
        {"X-Fal-Webhook-User-Id": "somebody"},
        {"X-Fal-Webhook-Timestamp": str(int(NOW.timestamp()) + 1)},
        {"X-Fal-Webhook-Timestamp": ""},
        {"X-Fal-Webhook-Timestamp": "now"},
        {"X-Fal-Webhook-Timestamp": "9" * 40},
        {"X-Fal-Webhook-Timestamp": f"{int(NOW.timestamp())}.0"},
    ],
)
def test_what_is_not_signed_so_is_refused(spoilt: dict[str, str]) -> None:
    with pytest.raises(Unauthenticated) as refused:
        heard({**stamped(), **spoilt})
    assert refused.value.code == "chassis.fal_signature_invalid"


def test_another_body_or_none_of_the_headers_is_refused() -> None:
    for headers, body in ((stamped(), BODY + b" "), ({}, BODY)):
        with pytest.raises(Unauthenticated):
            heard(headers, body)


def test_no_key_is_asked_for_where_the_form_or_the_stamp_is_wrong() -> None:
    def keys() -> tuple[()]:
        raise AssertionError("asked for keys")

    for headers in ({}, stamped(301), {**stamped(), "X-Fal-Webhook-Signature": "ab"}):
        with pytest.raises(Unauthenticated):
            told(BODY, Headers(headers), keys, NOW)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b"[" * 100_000,
        b"{}",
        b'{"request_id": 1}',
        b'{"request_id": ""}',
        b'{"request_id": "a b"}',
        json.dumps({"request_id": "x" * 201}).encode(),
    ],
)
def test_what_is_signed_and_names_no_request_is_unreadable(body: bytes) -> None:
    with pytest.raises(Invalid, match="chassis.fal_webhook_unreadable"):
        heard(stamped(body=body), body)
