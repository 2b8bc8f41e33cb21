"""What `python -m billing check` asks besides: whether Stripe is set up as billing needs it."""

from collections.abc import Iterator

from billing.gateways import stripe_check, stripe_client
from billing.settings import Settings
from billing.webhooks import PATH


def faults(given: Settings) -> Iterator[str]:
    """Yield what is wrong, a line each; nothing where cards are not accepted."""
    if given.stripe_key is None:
        return
    client = stripe_client.client(given.stripe_key, given.stripe_api_base)
    webhook = f"{given.public_url.rstrip('/')}{PATH}"
    yield from stripe_check.faults(client, webhook, given.stripe_livemode)
