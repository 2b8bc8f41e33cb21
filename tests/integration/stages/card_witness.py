"""What the card gateway hears from one Stripe and from another, in words that can be compared."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode

from stripe import RequestsClient, StripeClient

from billing.gateways.card_port import Cards
from billing.gateways.stripe_cards import StripeCards
from integration.stages.card_gateway import REFUND, WORKSPACE, new_charge, new_refund
from integration.stages.stripe_witness import CARDS

NOT_KNOWN = ("description", "allowed_payment_method_types")  # to localstripe, of a payment


class _WithoutThem(RequestsClient):
    def request(  # type: ignore[override]
        self, method: str, url: str, headers: Any, post_data: Any = None
    ) -> tuple[bytes, int, Any]:
        """Leave out what localstripe refuses."""
        if url.endswith("/v1/payment_intents") and post_data:
            fields = parse_qsl(post_data)
            post_data = urlencode(
                [each for each in fields if each[0].split("[")[0] not in NOT_KNOWN]
            )
        return super().request(method, url, headers, post_data)


def told(url: str) -> list[object]:
    """Return what a customer, its cards, charges and refunds are there, without their ids."""
    client = StripeClient(
        "sk_test_12345",
        base_addresses={"api": url},
        max_network_retries=0,
        http_client=_WithoutThem(timeout=10),
    )
    return list(_told(StripeCards(client), client))


def _told(cards: Cards, client: StripeClient) -> Iterator[object]:
    owner = cards.customer(WORKSPACE, "Fjordlys Studio AS", "kari@example.no", again=False)
    saved = {name: _saved(client, owner, number) for name, number in CARDS.items()}
    kept = {each.payment_method_id: each for each in cards.saved_cards(owner)}
    yield [(kept[id].brand, kept[id].last4, kept[id].exp_year) for id in saved.values()]
    for attempt, (name, id) in enumerate(saved.items(), 1):
        yield name, cards.charge(new_charge(owner, id, attempt), again=False).outcome
    paid = cards.charge(new_charge(owner, saved["good"], 9), again=False)
    assert paid.intent_id is not None
    intent = cards.intent(paid.intent_id)
    yield intent.status, intent.amount_ore, intent.currency, intent.payment_id, intent.attempt
    for again in (False, True):
        refund = cards.refund(new_refund(paid.intent_id, 25_000), again)
        yield refund.status, refund.amount_ore, refund.currency, refund.refund_id == REFUND
    yield [each.amount_ore for each in cards.refunds_of(paid.intent_id)]


def _saved(client: StripeClient, owner: str, number: str) -> str:
    about: Any = {"number": number, "exp_month": 12, "exp_year": 2099, "cvc": "123"}
    made = client.v1.payment_methods.create({"type": "card", "card": about})
    client.v1.payment_methods.attach(made.id, {"customer": owner})
    return made.id
