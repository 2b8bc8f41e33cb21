"""How Stripe is asked: its library, what refusals mean, and how a thing is made once."""

import logging
from collections.abc import Callable, Iterator
from typing import TypeVar

import stripe
from stripe import (
    APIError,
    AuthenticationError,
    CardError,
    IdempotencyError,
    InvalidRequestError,
    ListObject,
    RequestsClient,
    StripeClient,
    StripeError,
    StripeObject,
)
from stripe import PermissionError as RightMissing

from billing.gateways.stripe_event import STRIPE_API
from chassis.errors import Rejected, ServiceError, Unavailable

CONNECT_S, ANSWER_S = 5, 20
MOST_KEYS = 5
PAGE = 100  # the most that Stripe lists at once
REPLAYED = "idempotent-replayed"
IN_USE = "idempotency_key_in_use"

T = TypeVar("T")
Listed = TypeVar("Listed", bound=StripeObject)

log = logging.getLogger(__name__)
stripe.enable_telemetry = False  # of this machine, with every request
logging.getLogger("stripe").setLevel(logging.WARNING)  # below, it writes what was sent: buyers


def client(key: str, base: str) -> StripeClient:
    """Return the library's client. It tries nothing twice: whoever asks does, and looks before."""
    return StripeClient(
        key,
        stripe_version=STRIPE_API,
        base_addresses={"api": base.rstrip("/")},
        max_network_retries=0,
        http_client=RequestsClient(timeout=(CONNECT_S, ANSWER_S)),
    )


def asked(call: Callable[[], T]) -> T:
    """Return what Stripe answers. Raises `Unavailable` and `Rejected`, as `Cards` says."""
    try:
        return call()
    except StripeError as error:
        refusal = meaning(error)
    raise refusal  # out here: the request, and so the key, hangs on the library's error


def every(first: Callable[[], ListObject[Listed]]) -> Iterator[Listed]:
    """Yield what is listed, page by page. Raises as `asked` does."""
    things = asked(first).auto_paging_iter()
    while (each := asked(lambda: next(things, None))) is not None:
        yield each


def once(key: str, look: Callable[[], T | None], make: Callable[[str], T], again: bool) -> T:
    """Return the thing of that key, made if it is not there. Raises what `make` and `asked` do.

    A key whose answer is kept for good (500, or to other parameters) says only that there was an
    earlier try. Where a look then finds nothing, the thing is made with the next key.
    """
    if again and (found := look()) is not None:
        return found
    for number in range(1, MOST_KEYS + 1):
        try:
            return make(key if number == 1 else f"{key}:{number}")
        except StripeError as error:
            if not _spent(error):
                raise
        if (found := look()) is not None:
            return found
    raise Unavailable("billing.card_gateway_unavailable", "each key has an answer that is none")


def meaning(error: StripeError) -> ServiceError:
    """Return the error for whoever asks. What Stripe wrote is not quoted: it may name a buyer."""
    kind = type(error).__name__
    details = {"request": error.request_id} if error.request_id else {}
    match error:
        case AuthenticationError() | RightMissing():
            log.error("Stripe refuses the key (%s): look at STRIPE_KEY and its rights", kind)
            code, said = "billing.card_gateway_misconfigured", f"Stripe refuses us ({kind})"
            return Unavailable(code, said, details=details)
        case CardError() | InvalidRequestError():
            why = {"code": error.code or "invalid_request"}
            why |= {"param": error.param} if error.param else {}
            return Rejected(
                "billing.card_gateway_refused", "Stripe refuses it", details={**details, **why}
            )
        case _:
            code, said = "billing.card_gateway_unavailable", f"Stripe does not answer ({kind})"
            return Unavailable(code, said, details=details)


def _spent(error: StripeError) -> bool:
    """Return whether the key will give no other answer."""
    match error:
        case IdempotencyError():  # other parameters: it was used; or it is just being used
            return error.code != IN_USE
        case APIError():
            kept = (error.headers or {}).get(REPLAYED) == "true"
            return kept and (error.http_status or 0) >= 500
        case _:
            return False
