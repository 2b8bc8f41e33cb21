"""Stripe's test cards, by number and by the ids that stand for them.

https://docs.stripe.com/testing: what each is refused with.
"""

from dataclasses import dataclass

from stand_ins.stripe.refusals import Refused, invalid

GOOD = "4242424242424242"
NEEDS_AUTHENTICATION = "4000002500003155"  # off session, unless it was set up in a Checkout
ALWAYS_AUTHENTICATES = "4000002760003184"
DECLINED = "4000000000000341"  # can be saved, and is declined when it is charged
DECLINED_AT_ONCE = "4000000000000002"


@dataclass(frozen=True, kw_only=True)
class Card:
    """A test card: what is shown of it, and the decline code that it gets."""

    number: str
    brand: str = "visa"
    decline: str | None = None
    authenticates: str = "never"  # never | unless_saved | always

    @property
    def saves(self) -> bool:
        """Whether it can be saved on a customer."""
        return self.number == DECLINED or self.decline is None


CARDS = {
    card.number: card
    for card in (
        Card(number=GOOD),
        Card(number="5555555555554444", brand="mastercard"),
        Card(number=NEEDS_AUTHENTICATION, authenticates="unless_saved"),
        Card(number=ALWAYS_AUTHENTICATES, authenticates="always"),
        Card(number=DECLINED, decline="generic_decline"),
        Card(number=DECLINED_AT_ONCE, decline="generic_decline"),
        Card(number="4000000000009995", decline="insufficient_funds"),
        Card(number="4000000000009987", decline="lost_card"),
    )
}
TOKENS = {
    "pm_card_visa": GOOD,
    "pm_card_mastercard": "5555555555554444",
    "pm_card_authenticationRequiredOnSetup": NEEDS_AUTHENTICATION,
    "pm_card_authenticationRequired": ALWAYS_AUTHENTICATES,
    "pm_card_chargeCustomerFail": DECLINED,
    "pm_card_chargeDeclined": DECLINED_AT_ONCE,
    "pm_card_visa_chargeDeclined": DECLINED_AT_ONCE,
    "pm_card_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_visa_chargeDeclinedInsufficientFunds": "4000000000009995",
}
MESSAGES = {
    "generic_decline": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "lost_card": "Your card was declined.",
}


def card(name: str) -> Card:
    """Return the test card of that number or `pm_card_…` id; raises `Refused`."""
    number = TOKENS.get(name, name.replace(" ", ""))
    if number not in CARDS:
        raise invalid(f"No such test card here: {name}", "resource_missing")
    return CARDS[number]


def declined(card: Card) -> Refused:
    """Return what Stripe says when the card's bank says no."""
    decline = card.decline or "generic_decline"
    return Refused(402, "card_error", MESSAGES[decline], "card_declined", decline_code=decline)


def not_authenticated() -> Refused:
    """Return what Stripe says where the buyer would have to say yes and is not there."""
    message = "Your card was declined. This transaction requires authentication."
    code = "authentication_required"
    return Refused(402, "card_error", message, code, decline_code=code)
