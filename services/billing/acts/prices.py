"""What work costs, and whether it may be invoiced."""

from uuid import UUID

from sqlalchemy import Connection

from billing.domain import customer, invoice_paper, oslo, payment, pricing, vat
from billing.domain.payment_states import Asked, Payment
from billing.kroner import must_be_whole
from billing.names import payment_id
from billing.projections import price_history, workspace_pricing
from chassis.asked import Unchanged
from chassis.door.edge import Door
from chassis.errors import Forbidden, Rejected
from chassis.unit import store
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit, not_found
from chassis.unit.pages import scope
from chassis.unit.store import Stream
from contracts.billing.prices import (
    CanUseInvoiceBilling,
    Eligibility,
    GetPricing,
    PriceAt,
    PriceThen,
    Pricing,
    PricingSet,
    SetPricing,
)


def own_workspace(call: Call) -> UUID:
    """Return the caller's workspace. Raises `Forbidden` for a system admin, who has none."""
    if call.actor.workspace_id is None:
        raise Forbidden("billing.no_workspace", "a system admin has no workspace of their own")
    return call.actor.workspace_id


def eligibility(db: Connection, door: Door, call: Call, asked: CanUseInvoiceBilling) -> Eligibility:
    """Return whether the caller's workspace may be invoiced, and if not why."""
    stands = store.found(db, door.app.codec, customer.decider, own_workspace(call))
    reason = customer.refusal(stands.state)
    return Eligibility(eligible=reason is None, reason=reason)


def set_prices(unit: Unit, asked: SetPricing) -> PricingSet:
    """Say what work costs a workspace from now on.

    Raises `Rejected("billing.workspace_unknown")` for one that was not heard of yet.
    """
    new = {
        "image_project": asked.image_project_price_ore,
        "video_project": asked.video_project_price_ore,
    }
    given = {kind: each for kind, each in new.items() if not isinstance(each, Unchanged)}
    for kind, price_ore in given.items():
        must_be_whole(f"{kind}_price_ore", price_ore)
    known: customer.Customer | None = unit.state(customer.decider, asked.workspace_id)
    if known is None or not known.known:
        raise Rejected("billing.workspace_unknown", "no such workspace yet", retryable=True)
    prices = tuple(pricing.NewPrice(kind=kind, price_ore=each) for kind, each in given.items())
    command = pricing.SetPrices(workspace_id=asked.workspace_id, prices=prices)
    stands = unit.decide(pricing.decider, asked.workspace_id, command)
    image, video = (pricing.current(stands.state, kind) for kind in pricing.DEFAULT_PRICE_ORE)
    return PricingSet(
        id=stands.id,
        version=stands.version,
        image_project_price_version=image.price_version,
        video_project_price_version=video.price_version,
    )


def price_list(db: Connection, door: Door, call: Call, asked: GetPricing) -> Pricing:
    """Return what a workspace pays, net; by default the caller's."""
    workspace_id = shown_workspace(call, asked.workspace_id) or own_workspace(call)
    stream = store.found(db, door.app.codec, pricing.decider, workspace_id)
    image, video = (pricing.current(stream.state, kind) for kind in pricing.DEFAULT_PRICE_ORE)
    return Pricing(
        id=workspace_id,
        version=stream.version,
        workspace_id=workspace_id,
        currency=invoice_paper.CURRENCY,
        vat_rate_bp=vat.rate_bp(oslo.day(call.at)),
        image_project_price_ore=image.price_ore,
        video_project_price_ore=video.price_ore,
        image_project_price_version=image.price_version,
        video_project_price_version=video.price_version,
        **workspace_pricing.beside(db, workspace_id),
    )


def price_at(db: Connection, door: Door, call: Call, asked: PriceAt) -> PriceThen:
    """Return what work cost a workspace at a moment, net; by default the caller's."""
    workspace_id = shown_workspace(call, asked.workspace_id) or own_workspace(call)
    row = price_history.valid_at(db, workspace_id, asked.target_kind, asked.at)
    then = pricing.price(asked.target_kind, row["price_ore"], row["price_version"])
    return PriceThen(
        price_ore=then.price_ore,
        price_version=then.price_version,
        vat_rate_bp=vat.rate_bp(oslo.day(asked.at)),
        currency=invoice_paper.CURRENCY,
        valid_from=row["valid_from"],
        set_by=row["set_by"],
    )


def shown_workspace(call: Call, workspace_id: UUID | None) -> UUID | None:
    """Return whose rows a list shows; None: anybody's. Raises `NotFound` for another's."""
    return scope(call.actor, workspace_id, "billing.workspace_not_found")


def target(db: Connection, door: Door, call: Call, kind: str, target_id: UUID) -> Stream:
    """Return a target's payment. Raises `NotFound` for one whose start nobody requested."""
    stream = store.found(db, door.app.codec, payment.decider, payment_id(kind, target_id))
    stands: Payment | None = stream.state
    if not isinstance(stands, Asked) or not call.actor.sees(stands.workspace_id):
        raise not_found(door.app.service.name, payment.decider)
    return stream
