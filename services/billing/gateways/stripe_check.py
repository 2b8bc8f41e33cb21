"""Whether Stripe is set up as billing needs it: the key's rights, and the webhook's endpoint."""

from collections.abc import Callable, Iterator, Mapping

from stripe import (
    AuthenticationError,
    InvalidRequestError,
    StripeClient,
    StripeError,
    WebhookEndpoint,
)
from stripe import PermissionError as RightMissing

from billing.gateways.stripe_client import PAGE, every
from billing.gateways.stripe_event import EVENTS, STRIPE_API, same_release

ENDPOINTS = "webhook endpoints"


def faults(client: StripeClient, webhook: str, livemode: bool) -> Iterator[str]:
    """Yield what is wrong, a line each; `webhook`: the address at which billing is told.

    Reading is asked for each right; whether a right is to write, no harmless call can tell.
    Raises `Unavailable`, as `Cards` says.
    """
    may_see_endpoints = True
    for name, read in _reads(client).items():
        try:
            read()
        except RightMissing:
            may_see_endpoints &= name != ENDPOINTS
            yield f"STRIPE_KEY: has no right to {name}"
        except AuthenticationError:
            yield "STRIPE_KEY: Stripe does not know it"
            return
        except InvalidRequestError:
            continue  # it may read, were there anything to be read
        except StripeError as error:
            yield f"STRIPE_API_BASE: Stripe does not answer there ({type(error).__name__})"
            return
    if may_see_endpoints:
        yield from _of_endpoints(client, webhook, livemode)


def _reads(client: StripeClient) -> Mapping[str, Callable[[], object]]:
    """Return a call that changes nothing for each right, by its name in Stripe's dashboard."""
    v1 = client.v1
    return {
        "customers": lambda: v1.customers.list({"limit": 1}),
        "Checkout Sessions": lambda: v1.checkout.sessions.list({"limit": 1}),
        "PaymentIntents": lambda: v1.payment_intents.list({"limit": 1}),
        "PaymentMethods": lambda: v1.payment_methods.list({"limit": 1}),
        "customer portal": lambda: v1.billing_portal.configurations.list({"limit": 1}),
        "charges and refunds": lambda: (
            v1.charges.list({"limit": 1}),
            v1.refunds.list({"limit": 1}),
        ),
        "disputes": lambda: v1.disputes.list({"limit": 1}),
        "events": lambda: v1.events.list({"limit": 1}),
        ENDPOINTS: lambda: v1.webhook_endpoints.list({"limit": 1}),
    }


def _of_endpoints(client: StripeClient, webhook: str, livemode: bool) -> Iterator[str]:
    listed = list(every(lambda: client.v1.webhook_endpoints.list({"limit": PAGE})))
    ours = [each for each in listed if each.url == webhook]
    if not ours:
        yield f"Stripe has no webhook endpoint for {webhook}"
    for each in ours:
        yield from (f"webhook endpoint {each.id}: {fault}" for fault in _of_one(each, livemode))


def _of_one(endpoint: WebhookEndpoint, livemode: bool) -> Iterator[str]:
    if endpoint.status != "enabled":
        yield f"is {endpoint.status}"
    if endpoint.livemode != livemode:
        yield f"has livemode {str(endpoint.livemode).lower()}, unlike STRIPE_LIVEMODE"
    if not same_release(endpoint.api_version or ""):
        yield f"speaks {endpoint.api_version or 'whatever the account does'}, not {STRIPE_API}"
    missing = EVENTS - set(endpoint.enabled_events)
    if missing and "*" not in endpoint.enabled_events:
        yield f"does not send {', '.join(sorted(missing))}"
