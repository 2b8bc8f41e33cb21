"""What Stripe tells, and what of it is heard."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from chassis.domain import value

STRIPE_API = "2026-10-28.endive"  # of a release, 'endive', names and forms stay as they are
EVENTS = frozenset(  # what an endpoint is to send; what else comes is kept and passed over
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "checkout.session.expired",
        "payment_intent.succeeded",
        "payment_intent.payment_failed",
        "payment_intent.canceled",
        "charge.refunded",
        "charge.refund.updated",
        "refund.created",
        "refund.updated",
        "refund.failed",
        "charge.dispute.created",
        "charge.dispute.updated",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated",
        "charge.dispute.closed",
    }
)


@value
class StripeEvent:
    """An event; `object` is what it is about, as it was then, and is not kept."""

    id: str
    type: str
    livemode: bool
    api_version: str
    object_id: str | None
    created: int  # seconds since 1970
    object: Mapping[str, Any] = field(repr=False)

    @property
    def metadata(self) -> Mapping[str, str]:
        """What we wrote on the object, if it is ours."""
        return self.object.get("metadata") or {}


def same_release(api_version: str) -> bool:
    """Return whether the names of that version are those that this code knows."""
    return api_version.partition(".")[2] == STRIPE_API.partition(".")[2]
