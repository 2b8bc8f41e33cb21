"""Ours against the vendor's: a report of what differs, by the vendor's names. Nothing is mended.

What Stripe did on these days is looked for in our streams; what we recorded on them has to be
among what Stripe did some days before or after, as its word may come late, and ours may wait.
"""

from datetime import timedelta

from billing import comparing
from billing.comparing import Line
from billing.domain import oslo
from billing.gateways.card_port import Cards
from billing.projections import open_cards
from chassis.door.edge import Door
from chassis.errors import Invalid, Rejected
from chassis.unit.calls import Call
from chassis.unit.handling import App
from contracts.billing.disputes import Difference, Reconcile, Reconciliation

LATE = timedelta(days=4)  # Stripe goes on telling for three
MOST = timedelta(days=31)  # asked page by page, and answered within a call


def reconcile(door: Door, call: Call, asked: Reconcile) -> Reconciliation:
    """Compare what was captured, refunded and disputed on these days in Oslo.

    Raises `Rejected("billing.card_not_configured")`, `Invalid` for days that are too many, and
    what `Cards` raises.
    """
    cards: Cards | None = door.tools.cards
    if cards is None:
        raise Rejected("billing.card_not_configured", "cards are not accepted here")
    _must_be_days(asked)
    begin, end = oslo.begins(asked.date_from), oslo.begins(asked.date_to + timedelta(days=1))
    window = (begin - LATE, end + LATE)
    captured, refunded = list(cards.captured(*window)), list(cards.refunded(*window))
    disputed = list(cards.disputed(*window))
    found = [
        *comparing.payments(door.app, [each for each in captured if begin <= each.at < end]),
        *comparing.refunds(door.app, [each for each in refunded if begin <= each.created < end]),
        *comparing.disputes(door.app, [each for each in disputed if begin <= each.created < end]),
    ]
    there = {each.intent_id for each in captured}
    there |= {each.provider_id for each in refunded} | {each.dispute_id for each in disputed}
    here = door.app.query(lambda db: open_cards.recorded(db, begin, end))
    return Reconciliation(
        matched=sum(each.ours == each.theirs for each in found),
        missing_here=tuple(
            _difference(each)
            for each in found
            if each.ours is None and _is_ours(door.app, cards, each)
        ),
        missing_there=tuple(
            Difference(what=what, provider_id=name, id=id, ours=state, theirs=None)
            for what, name, id, state in here
            if name not in there
        ),
        different=tuple(
            _difference(each) for each in found if each.ours not in (None, each.theirs)
        ),
    )


def _must_be_days(asked: Reconcile) -> None:
    if not timedelta() <= asked.date_to - asked.date_from < MOST:
        fields = {"date_to": [f"From date_from on {MOST.days} days at most."]}
        raise Invalid("chassis.invalid_input", details={"fields": fields})


def _difference(line: Line) -> Difference:
    return Difference(
        what=line.what,
        provider_id=line.provider_id,
        id=line.id,
        ours=line.ours,
        theirs=line.theirs,
    )


def _is_ours(app: App, cards: Cards, line: Line) -> bool:
    """Return whether its money came for a payment of ours: others may sell by the same account."""
    if line.what == "payment" or line.intent_id is None:
        return line.what == "payment"
    intent_id = line.intent_id
    known = app.query(lambda db: open_cards.of_intent(db, intent_id))
    return known is not None or cards.intent(intent_id).payment_id is not None
