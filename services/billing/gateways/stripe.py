"""Stripe's webhook: is it Stripe's own, and what does it say."""

import json
from datetime import datetime
from typing import Any

from stripe import SignatureVerificationError, WebhookSignature

from billing.gateways.stripe_event import StripeEvent
from chassis.errors import Invalid, Unauthenticated

TOLERANCE_S = 300
MAX_TEXT = 1_000  # characters of an event's ids and type: Stripe's ids have 255 at most


def verify(
    payload: bytes, signature: str, secret: str, now: datetime, tolerance_s: int = TOLERANCE_S
) -> StripeEvent:
    """Return what the webhook `payload`, come `now`, says, if the header `signature` is Stripe's.

    Raises `Unauthenticated` for a signature that is missing, forged, or more than `tolerance_s`
    seconds off in either direction; `Invalid` for a signed body that is no event.
    """
    try:
        signature.encode("ascii")  # the library compares texts, and Python only such
        WebhookSignature.verify_header(payload, signature, secret, None)
        signed_at = _signed_at(signature)
    except (SignatureVerificationError, ValueError):
        raise _not_signed() from None
    if abs(signed_at - now.timestamp()) > tolerance_s:
        raise _not_signed()  # the library refuses only what is too old, and by a clock of its own
    try:
        return _event(json.loads(payload))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Invalid("billing.webhook_unreadable", "this is not an event") from None


def _signed_at(signature: str) -> int:
    return int(next(part[2:] for part in signature.split(",") if part.startswith("t=")))


def _not_signed() -> Unauthenticated:
    return Unauthenticated("billing.webhook_signature_invalid", "this is not signed by Stripe")


def _event(body: Any) -> StripeEvent:
    about = body["data"]["object"]
    object_id, metadata = about.get("id"), about.get("metadata") or {}
    fields = {name: body[name] for name in ("id", "type", "livemode", "created")}
    kinds = [type(fields[name]) for name in ("id", "type", "livemode", "created")]
    if kinds != [str, str, bool, int] or not isinstance(object_id, str | None):
        raise ValueError("not the fields of an event")
    if not all(isinstance(each, str) for each in metadata.values()):
        raise ValueError("not what was written on an object")
    text = f"{fields['id']}{fields['type']}{object_id}"
    if len(text) > MAX_TEXT or not text.isprintable():
        raise ValueError("not the text of ids and a type")
    if not 0 <= fields["created"] < 1 << 63:
        raise ValueError("not a time")
    version = body.get("api_version")
    return StripeEvent(
        **fields,
        api_version=version if isinstance(version, str) else "",
        object_id=object_id,
        object=about,
    )
