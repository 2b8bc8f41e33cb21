"""Which call does what."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from stand_ins.stripe import checkout, customers, disputes, endpoints, intents, portal, refunds
from stand_ins.stripe.samples import Object

Act = Callable[..., Object]  # (state, params, *ids)


@dataclass(frozen=True)
class Route:
    """A method and a path, `*` for an id."""

    method: str
    path: str
    act: Act

    @property
    def name(self) -> str:
        """As `parameters.json` calls it."""
        return f"{self.method} {self.path}"

    def ids(self, method: str, path: str) -> tuple[str, ...] | None:
        """Return the ids in a path of this route, or None if it is another's."""
        pattern = re.escape(self.path).replace(r"\*", "([^/]+)")
        found = re.fullmatch(pattern, path) if method == self.method else None
        return None if found is None else found.groups()


ROUTES = (  # a fixed word stands before the id that it could be taken for
    Route("POST", "/v1/customers", customers.create),
    Route("GET", "/v1/customers", customers.list_all),
    Route("GET", "/v1/customers/search", customers.search),
    Route("GET", "/v1/customers/*", customers.retrieve),
    Route("POST", "/v1/customers/*", customers.update),
    Route("GET", "/v1/customers/*/payment_methods", customers.methods_of),
    Route("GET", "/v1/customers/*/payment_methods/*", customers.method_of),
    Route("POST", "/v1/payment_methods", customers.create_method),
    Route("GET", "/v1/payment_methods", customers.list_methods),
    Route("GET", "/v1/payment_methods/*", customers.retrieve_method),
    Route("POST", "/v1/payment_methods/*/attach", customers.attach),
    Route("POST", "/v1/payment_methods/*/detach", customers.detach),
    Route("POST", "/v1/billing_portal/sessions", portal.create),
    Route("GET", "/v1/billing_portal/configurations", portal.configurations),
    Route("POST", "/v1/payment_intents", intents.create),
    Route("GET", "/v1/payment_intents", intents.list_all),
    Route("GET", "/v1/payment_intents/search", intents.search),
    Route("GET", "/v1/payment_intents/*", intents.retrieve),
    Route("POST", "/v1/payment_intents/*/confirm", intents.confirm),
    Route("POST", "/v1/payment_intents/*/cancel", intents.cancel),
    Route("GET", "/v1/charges", intents.charges),
    Route("GET", "/v1/charges/*", intents.charge),
    Route("GET", "/v1/balance_transactions", intents.movements),
    Route("GET", "/v1/balance_transactions/*", intents.movement),
    Route("POST", "/v1/checkout/sessions", checkout.create),
    Route("GET", "/v1/checkout/sessions", checkout.list_all),
    Route("GET", "/v1/checkout/sessions/*", checkout.retrieve),
    Route("POST", "/v1/checkout/sessions/*/expire", checkout.expire),
    Route("GET", "/v1/checkout/sessions/*/line_items", checkout.lines),
    Route("POST", "/v1/refunds", refunds.create),
    Route("GET", "/v1/refunds", refunds.list_all),
    Route("GET", "/v1/refunds/*", refunds.retrieve),
    Route("POST", "/v1/refunds/*", refunds.update),
    Route("GET", "/v1/disputes", disputes.list_all),
    Route("GET", "/v1/disputes/*", disputes.retrieve),
    Route("GET", "/v1/events", endpoints.events),
    Route("GET", "/v1/events/*", endpoints.event),
    Route("POST", "/v1/webhook_endpoints", endpoints.create),
    Route("GET", "/v1/webhook_endpoints", endpoints.list_all),
    Route("GET", "/v1/webhook_endpoints/*", endpoints.retrieve),
)


def routed(method: str, path: str) -> tuple[Route, tuple[str, ...]] | None:
    """Return whose path it is, and the ids in it."""
    for route in ROUTES:
        if (ids := route.ids(method, path)) is not None:
            return route, ids
    return None
