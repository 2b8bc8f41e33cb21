"""affiliate, put together: lists everything, hides nothing."""

from collections.abc import Callable
from datetime import datetime

from affiliate import inbound, outbound
from affiliate.domain import customer, earning, payout, relationship
from affiliate.domain.customer_messages import without_number
from affiliate.invariants import AGREEMENTS, INVARIANTS
from affiliate.permissions import PERMISSIONS
from affiliate.projections import earnings, payouts, relationships
from affiliate.settings import Settings
from chassis import ids
from chassis.codec import snake
from chassis.database import postgres
from chassis.door import revocations
from chassis.door.edge import Door
from chassis.door.tokens import AccessTokens
from chassis.door.web import PublicDoor
from chassis.running import housekeeping
from chassis.running.parts import Parts, Peers
from chassis.unit.handling import App
from chassis.unit.service import Service
from contracts.affiliate.events import PUBLISHES
from contracts.auth.events import REVOKES

DOMAIN = {
    "customer": customer,
    "relationship": relationship,
    "earning": earning,
    "payout": payout,
}

SERVICE = Service(
    name="affiliate",
    version="0.1.0",
    deciders=(customer.decider, relationship.decider, earning.decider, payout.decider),
    projections=(relationships.projection, earnings.projection, payouts.projection),
    outbound=outbound.outbound,
    publishes=PUBLISHES,
    upcasters={("FirstInvoiceHeard", 1): without_number},
    invariants=INVARIANTS,
    agreements=AGREEMENTS,
)
HEARS = tuple(f"{each.source}.{snake(each.hears.__name__)}" for each in inbound.reactions)


def build(
    given: Settings,
    peers: Peers,
    clock: Callable[[], datetime] = ids.now,
    committed: Callable[[], None] = lambda: None,
) -> Parts:
    """Return the service, ready to be called and to work."""
    engine = postgres.engine(given.database_url, name="affiliate")
    app = App(service=SERVICE, engine=engine, clock=clock, committed=committed)
    door = Door(
        app=app,
        tokens=AccessTokens.from_json(given.public_keys),
        permissions=PERMISSIONS,
        hears=HEARS,
    )
    return Parts(
        app=app,
        door=door,
        reactions=inbound.reactions,
        revocations=revocations.reactions(REVOKES),
        kinds=(),
        schedules=housekeeping.SCHEDULES,
        web=PublicDoor(()),
    )
