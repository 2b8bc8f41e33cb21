"""billing, put together: lists everything, hides nothing."""

from collections.abc import Callable
from datetime import datetime

from billing import inbound, kept, kept_cards, outbound, pruning
from billing import jobs as billing_jobs
from billing.domain import (
    bank_payment,
    credit_note,
    customer,
    dispute,
    invoice,
    invoicing_run,
    line_item,
    number_series,
    payment,
    pricing,
    refund,
    wallet,
)
from billing.gateways import einvoice, stripe_cards
from billing.gateways.card_port import Cards
from billing.invariants import AGREEMENTS, AWAITED, INVARIANTS, LATE_LINE_ITEMS, NUMBER_GAPS
from billing.invariants_cards import FIGURES as OF_CARDS
from billing.invariants_delivery import UNDELIVERED
from billing.jobs import look, remind
from billing.permissions import PERMISSIONS
from billing.projections import (
    advances,
    bank_payments,
    card_payments,
    credit,
    credit_entries,
    credit_notes,
    disputes,
    invoice_payments,
    invoices,
    invoicing_runs,
    journal,
    ledger,
    line_items,
    payments,
    price_history,
    refunds,
    stripe_customers,
    workspace_pricing,
)
from billing.settings import Settings
from billing.tables import metadata
from billing.webhooks import PATH, stripe_webhook
from books.acts import Keeping
from books.invariants import imbalance
from books.kept import journal_export, voucher
from chassis import ids
from chassis.codec import snake
from chassis.database import postgres
from chassis.domain import value
from chassis.door import revocations
from chassis.door.edge import Door
from chassis.door.tokens import AccessTokens
from chassis.door.web import PublicDoor, Route, links
from chassis.hearing import forgetting
from chassis.running import housekeeping
from chassis.running.parts import Parts, Peers
from chassis.unit.handling import App
from chassis.unit.service import Service
from contracts import SERVICES
from contracts.auth.events import REVOKES
from contracts.billing.events import PUBLISHES
from gateways import blobs, mail
from gateways.port import Blobs

__all__ = ["DOMAIN", "KEPT", "SERVICE", "build", "metadata"]

DOMAIN = {
    "customer": customer,
    "pricing": pricing,
    "payment": payment,
    "line_item": line_item,
    "invoice": invoice,
    "credit_note": credit_note,
    "number_series": number_series,
    "bank_payment": bank_payment,
    "wallet": wallet,
    "refund": refund,
    "dispute": dispute,
    "invoicing_run": invoicing_run,
    "erasure": forgetting,
}
KEPT = (
    *(kept.buyer, kept.stripe_event, kept.number_confirmed, kept_cards.checkout),
    *(voucher(metadata), journal_export(metadata)),
)

SERVICE = Service(
    name="billing",
    version="0.1.0",
    deciders=(
        customer.decider,
        pricing.decider,
        payment.decider,
        line_item.decider,
        invoice.decider,
        credit_note.decider,
        number_series.decider,
        bank_payment.decider,
        wallet.decider,
        refund.decider,
        dispute.decider,
        invoicing_run.decider,
        forgetting.decider,
    ),
    projections=(
        workspace_pricing.projection,
        price_history.projection,
        payments.projection,
        card_payments.projection,
        advances.projection,
        line_items.projection,
        invoices.projection,
        invoice_payments.projection,
        bank_payments.projection,
        credit.projection,
        credit_entries.projection,
        invoicing_runs.projection,
        credit_notes.projection,
        credit_notes.lines_projection,
        refunds.projection,
        disputes.projection,
        journal.projection,
        stripe_customers.projection,
    ),
    outbound=outbound.outbound,
    jobs=billing_jobs.jobs,
    publishes=PUBLISHES,
    invariants=INVARIANTS,
    agreements=AGREEMENTS,
    awaited=AWAITED,
    figures=(LATE_LINE_ITEMS, imbalance(ledger.PROOFS), NUMBER_GAPS, UNDELIVERED, *OF_CARDS),
)


@value
class Tools:
    """What billing's own methods need besides."""

    blobs: Blobs
    peers: Peers
    books: Keeping
    cards: Cards | None  # None: cards are not accepted
    return_url: str  # where buyers come back to from Stripe's pages


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
    post, put = mail.opened(given), einvoice.opened(given.einvoice, given.einvoice_folder)
    cards = stripe_cards.opened(given.stripe_key, given.stripe_api_base)
    seller, demo = given.seller(), given.env != "production"
    webhook = stripe_webhook(app, given.stripe_webhook_secret, given.stripe_livemode)
    door = Door(
        app=app,
        tokens=AccessTokens.from_json(given.public_keys),
        permissions=PERMISSIONS,
        hears=tuple(f"{each.source}.{snake(each.hears.__name__)}" for each in inbound.reactions),
        tools=Tools(
            blobs=store.blobs,
            peers=peers,
            books=Keeping(numbers=given.numbers(), proofs=ledger.PROOFS),
            cards=cards,
            return_url=given.checkout_return_url,
        ),
    )
    return Parts(
        app=app,
        door=door,
        reactions=inbound.reactions,
        revocations=revocations.reactions(REVOKES),
        kinds=billing_jobs.kinds(app, peers, store.blobs, post, put, cards, seller, demo),
        schedules=(
            *housekeeping.SCHEDULES,
            *pruning.SCHEDULES,
            remind.SCHEDULE,
            look.SCHEDULE,
        ),
        web=PublicDoor(
            (
                *links(store.answer, store.origins),
                Route(path=PATH, methods=("POST",), answer=webhook),
            )
        ),
    )
