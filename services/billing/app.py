"""billing, put together: lists everything, hides nothing."""

from collections.abc import Callable
from datetime import datetime

from billing import inbound, kept, outbound, pruning
from billing import jobs as billing_jobs
from billing.domain import customer, invoice, line_item, number_series, payment
from billing.invariants import AGREEMENTS, AWAITED, INVARIANTS
from billing.permissions import PERMISSIONS
from billing.projections import (
    invoice_payments,
    invoices,
    line_items,
    payments,
    pricing,
    stripe_customers,
)
from billing.settings import Settings
from billing.tables import metadata
from billing.webhooks import stripe_webhook
from chassis import ids
from chassis.codec import snake
from chassis.database import postgres
from chassis.domain import value
from chassis.door import revocations
from chassis.door.edge import Door
from chassis.door.tokens import AccessTokens
from chassis.door.web import PublicDoor, Route, links
from chassis.running import housekeeping
from chassis.running.parts import Parts, Peers
from chassis.unit.handling import App
from chassis.unit.service import Service
from contracts import SERVICES
from contracts.auth.events import REVOKES
from contracts.billing.events import PUBLISHES
from gateways import blobs
from gateways.port import Blobs

__all__ = ["DOMAIN", "KEPT", "SERVICE", "TABLES", "build", "metadata"]

DOMAIN = {
    "customer": customer,
    "payment": payment,
    "line_item": line_item,
    "invoice": invoice,
    "number_series": number_series,
}
KEPT = (kept.buyer, kept.stripe_event, kept.number_confirmed)
TABLES = (pricing.table, stripe_customers.table)  # of the seed, not filled yet

SERVICE = Service(
    name="billing",
    version="0.1.0",
    deciders=(
        customer.decider,
        payment.decider,
        line_item.decider,
        invoice.decider,
        number_series.decider,
    ),
    projections=(
        payments.projection,
        line_items.projection,
        invoices.projection,
        invoice_payments.projection,
    ),
    outbound=outbound.outbound,
    jobs=billing_jobs.jobs,
    publishes=PUBLISHES,
    invariants=INVARIANTS,
    agreements=AGREEMENTS,
    awaited=AWAITED,
)


@value
class Tools:
    """What billing's own methods need besides."""

    blobs: Blobs
    peers: Peers


def build(
    given: Settings,
    peers: Peers,
    clock: Callable[[], datetime] = ids.now,
    committed: Callable[[], None] = lambda: None,
) -> Parts:
    """Return the service, ready to be called and to work."""
    engine = postgres.engine(given.database_url, name="billing")
    app = App(service=SERVICE, engine=engine, clock=clock, committed=committed)
    store = blobs.opened(given, SERVICES, clock)
    webhook = stripe_webhook(app, given.stripe_webhook_secret, given.stripe_livemode)
    door = Door(
        app=app,
        tokens=AccessTokens.from_json(given.public_keys),
        permissions=PERMISSIONS,
        hears=tuple(f"{each.source}.{snake(each.hears.__name__)}" for each in inbound.reactions),
        tools=Tools(blobs=store.blobs, peers=peers),
    )
    return Parts(
        app=app,
        door=door,
        reactions=inbound.reactions,
        revocations=revocations.reactions(REVOKES),
        kinds=billing_jobs.kinds(app, store.blobs, given.seller(), demo=given.env != "production"),
        schedules=(*housekeeping.SCHEDULES, *pruning.SCHEDULES),
        web=PublicDoor(
            (
                *links(store.answer, store.origins),
                Route(path="/webhooks/stripe", methods=("POST",), answer=webhook),
            )
        ),
    )
