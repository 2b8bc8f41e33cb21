"""What is asked of a card gateway in tests, and the stand-in that answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from billing.gateways.card_port import Cards
from billing.gateways.card_values import NewCharge, NewRefund, NewSession
from billing.gateways.stripe_cards import StripeCards
from billing.gateways.stripe_client import client
from stand_ins.stripe.stand_in import StandIn

KEY = "rk_test_only_for_tests"
WORKSPACE, PAYMENT, REFUND = UUID(int=1), UUID(int=2), UUID(int=3)
PRICE_ORE = 125_000
BACK = "http://localhost/back"


@contextmanager
def opened() -> Iterator[tuple[Cards, StandIn]]:
    """Give a gateway and the stand-in that it asks."""
    with StandIn() as stand_in:
        yield StripeCards(client(KEY, stand_in.url)), stand_in


def customer(cards: Cards) -> str:
    """Return a customer of nobody else's."""
    return cards.customer(uuid4(), "Fjordlys Studio AS", None, again=False)


def saved_card(cards: Cards, stand_in: StandIn, customer_id: str, card: str) -> str:
    """Return a card of that number, saved."""
    v1 = client(KEY, stand_in.url).v1
    made = v1.payment_methods.create(
        {"type": "card", "card": {"number": card, "exp_month": 12, "exp_year": 2099, "cvc": "123"}}
    )
    v1.payment_methods.attach(made.id, {"customer": customer_id})
    return made.id


def new_session(
    customer_id: str, stand_in: StandIn, attempt: int = 1, amount_ore: int = PRICE_ORE
) -> NewSession:
    """Return a Checkout that is open for a day by the stand-in's clock."""
    now = datetime.fromtimestamp(stand_in.state.now(), UTC)
    return NewSession(
        payment_id=PAYMENT,
        attempt=attempt,
        customer_id=customer_id,
        amount_ore=amount_ore,
        description="Film: Fjord",
        target_kind="video_project",
        target_id=UUID(int=4),
        expires_at=now + timedelta(hours=24),
        return_url=BACK,
        locale="nb",
    )


def new_charge(customer_id: str, payment_method_id: str, attempt: int = 1) -> NewCharge:
    """Return a charge of the price."""
    return NewCharge(
        payment_id=PAYMENT,
        attempt=attempt,
        customer_id=customer_id,
        payment_method_id=payment_method_id,
        amount_ore=PRICE_ORE,
        description="Film: Fjord",
    )


def new_refund(intent_id: str, amount_ore: int = PRICE_ORE) -> NewRefund:
    """Return a refund of that payment."""
    return NewRefund(
        refund_id=REFUND, payment_id=PAYMENT, intent_id=intent_id, amount_ore=amount_ore
    )
