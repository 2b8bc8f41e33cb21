"""affiliate, put together: lists everything, hides nothing."""

from collections.abc import Callable
from datetime import datetime

from affiliate import inbound, kept, outbound
from affiliate import jobs as affiliate_jobs
from affiliate.domain import (
    customer,
    earning,
    paid_invoice,
    payout,
    relationship,
    statement,
)
from affiliate.domain.customer_messages import without_number
from affiliate.invariants import AGREEMENTS, INVARIANTS
from affiliate.invariants_journal import DEBT, DIFFERENCES, JOURNAL
from affiliate.jobs import reconcile
from affiliate.jobs import statements as issuing
from affiliate.permissions import PERMISSIONS
from affiliate.projections import (
    earnings,
    journal,
    ledger,
    paid_invoices,
    payouts,
    relationships,
    statements,
)
from affiliate.settings import Settings
from books.acts import Keeping
from books.invariants import imbalance
from chassis import ids
from chassis.codec import snake
from chassis.database import postgres
from chassis.domain import value
from chassis.door import revocations
from chassis.door.edge import Door
from chassis.door.tokens import AccessTokens
from chassis.door.web import PublicDoor, links
from chassis.hearing import forgetting
from chassis.running import housekeeping
from chassis.running.parts import Parts, Peers
from chassis.unit.handling import App
from chassis.unit.service import Service
from contracts import SERVICES
from contracts.affiliate.events import PUBLISHES
from contracts.auth.events import REVOKES
from gateways import blobs, mail
from gateways.port import Blobs

DOMAIN = {
    "customer": customer,
    "relationship": relationship,
    "paid_invoice": paid_invoice,
    "earning": earning,
    "payout": payout,
    "statement": statement,
    "erasure": forgetting,
}

KEPT = (kept.voucher, kept.journal_export, kept.reconciliation)

SERVICE = Service(
    name="affiliate",
    version="0.1.0",
    deciders=(
        customer.decider,
        relationship.decider,
        paid_invoice.decider,
        earning.decider,
        payout.decider,
        statement.decider,
        forgetting.decider,
    ),
    projections=(
        relationships.projection,
        earnings.projection,
        paid_invoices.projection,
        payouts.projection,
        statements.projection,
        journal.projection,
    ),
    outbound=outbound.outbound,
    jobs=affiliate_jobs.jobs,
    publishes=PUBLISHES,
    upcasters={("FirstInvoiceHeard", 1): without_number},
    invariants=(*INVARIANTS, *JOURNAL),
    agreements=AGREEMENTS,
    figures=(DEBT, DIFFERENCES, imbalance(ledger.PROOFS)),
)
HEARS = tuple(f"{each.source}.{snake(each.hears.__name__)}" for each in inbound.reactions)


@value
class Tools:
    """What affiliate's own methods need besides."""

    blobs: Blobs
    peers: Peers
    books: Keeping
    minimum_payout_ore: int
    second_approver_above_ore: int


def build(
    given: Settings,
    peers: Peers,
    clock: Callable[[], datetime] = ids.now,
    committed: Callable[[], None] = lambda: None,
) -> Parts:
    """Return the service, ready to be called and to work."""
    engine = postgres.engine(given.database_url, name="affiliate")
    app = App(service=SERVICE, engine=engine, clock=clock, committed=committed)
    store, post = blobs.opened(given, SERVICES, clock), mail.opened(given)
    payer, demo = given.payer(), given.env != "production"
    door = Door(
        app=app,
        tokens=AccessTokens.from_json(given.public_keys),
        permissions=PERMISSIONS,
        hears=HEARS,
        tools=Tools(
            blobs=store.blobs,
            peers=peers,
            books=Keeping(numbers=given.numbers(), proofs=ledger.PROOFS),
            minimum_payout_ore=given.minimum_payout_ore,
            second_approver_above_ore=given.payout_second_approver_above_ore,
        ),
    )
    return Parts(
        app=app,
        door=door,
        reactions=inbound.with_hold_days(given.hold_days),
        revocations=revocations.reactions(REVOKES),
        kinds=affiliate_jobs.kinds(app, store.blobs, post, payer, demo),
        schedules=(
            *housekeeping.SCHEDULES,
            issuing.schedule(store.blobs),
            reconcile.schedule(peers),
        ),
        web=PublicDoor(links(store.answer, store.origins)),
    )
