"""Paying by card: what was tried, what came, and whose it is. Amounts are øre, VAT included."""

from dataclasses import replace
from uuid import UUID

from billing.domain.pricing import Price
from chassis.domain import value

CARD = "stripe"  # how a sale by card is called
CURRENCY = "nok"  # that Stripe is asked for, in its spelling


@value
class Attempt:
    """One try to be paid: a Checkout session, or a charge of a saved card.

    Its amount stays, whatever the price is later: who pays an old session pays that.
    """

    number: int  # 1, 2, … of its payment
    price: Price
    vat_rate_bp: int  # 0: the buyer is abroad
    amount_ore: int
    charge_id: UUID | None = None  # None: a Checkout session
    failed: str | None = None  # of a charge: why it took nothing


@value
class Capture:
    """Money that came for an attempt, and that is ours until it is given back."""

    attempt: Attempt
    payment_intent_id: str

    @property
    def amount_ore(self) -> int:
        """What came."""
        return self.attempt.amount_ore


@value
class Card:
    """All that happened to a payment at Stripe."""

    attempts: tuple[Attempt, ...] = ()
    intents: tuple[str, ...] = ()  # whose money has come, kept or sent back
    disputes: tuple[UUID, ...] = ()  # that are open, inquiries not among them

    @property
    def next(self) -> int:
        """The number of the next attempt."""
        return len(self.attempts) + 1

    def attempt(self, number: int) -> Attempt | None:
        """Return the attempt of that number, if it was ever made."""
        return self.attempts[number - 1] if 0 < number <= len(self.attempts) else None

    def charge(self, charge_id: UUID) -> Attempt | None:
        """Return the attempt that this charge was, whatever became of it."""
        return next((each for each in self.attempts if each.charge_id == charge_id), None)

    def failed(self, number: int, code: str) -> "Card":
        """Return it after that attempt, a charge, took nothing."""
        attempts = (replace(e, failed=code) if e.number == number else e for e in self.attempts)
        return replace(self, attempts=tuple(attempts))

    def tried(self, attempt: Attempt) -> "Card":
        """Return it with one attempt more."""
        return replace(self, attempts=(*self.attempts, attempt))

    def came(self, payment_intent_id: str) -> "Card":
        """Return it after that intent's money has come."""
        return replace(self, intents=(*self.intents, payment_intent_id))

    def disputed(self, dispute_id: UUID) -> "Card":
        """Return it with a dispute more."""
        return replace(self, disputes=(*self.disputes, dispute_id))

    def undisputed(self, dispute_id: UUID) -> "Card":
        """Return it after that dispute has ended."""
        return replace(self, disputes=tuple(e for e in self.disputes if e != dispute_id))
