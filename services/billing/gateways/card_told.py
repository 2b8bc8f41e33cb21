"""What a card gateway tells by itself; a refund and a dispute are told as they are now."""

from uuid import UUID

from billing.gateways.card_values import DisputeSaid, Intent, RefundSaid
from chassis.domain import value


@value
class Capture:
    """Money came for an attempt."""

    payment_id: UUID
    attempt: int
    amount_ore: int
    currency: str  # 'NOK'
    intent_id: str


@value
class EndCheckout:
    """A session is over and was not paid."""

    payment_id: UUID
    attempt: int
    reason: str  # expired | card_declined


@value
class FailCharge:
    """A card was not charged; of a Checkout that ends nothing, another card may be tried."""

    payment_id: UUID
    attempt: int
    code: str  # card_declined | authentication_required


@value
class Ask:
    """Something happened to a payment that only its intent names: what, Stripe is asked."""

    intent_id: str


Heard = Capture | EndCheckout | FailCharge | RefundSaid | DisputeSaid | Ask | None


def came(said: Intent) -> Capture | None:
    """Return the money that an intent brought, if it is ours and brought any."""
    if said.payment_id is None or said.attempt is None or said.status != "succeeded":
        return None
    return Capture(
        payment_id=said.payment_id,
        attempt=said.attempt,
        amount_ore=said.amount_ore,
        currency=said.currency,
        intent_id=said.intent_id,
    )
