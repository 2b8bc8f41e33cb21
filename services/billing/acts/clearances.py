"""What callers may ask before work starts: may this be invoiced, what costs it, is it paid."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from billing.domain import customer, invoice, payment, pricing
from billing.names import payment_id
from chassis.door.edge import Door
from chassis.errors import Forbidden
from chassis.unit import store
from chassis.unit.calls import Call
from chassis.unit.deciding import not_found
from chassis.unit.pages import scope
from chassis.unit.store import Stream
from contracts.billing.clearances import (
    CanUseInvoiceBilling,
    Eligibility,
    GetPaymentStatus,
    GetPricing,
    PaymentStatus,
    Pricing,
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


def price_list(door: Door, call: Call, asked: GetPricing) -> Pricing:
    """Return what a workspace pays, net; by default the caller's."""
    workspace_id = shown_workspace(call, asked.workspace_id) or own_workspace(call)
    image, video = (pricing.current(kind) for kind in ("image_project", "video_project"))
    return Pricing(
        workspace_id=workspace_id,
        image_project_price_ore=image.price_ore,
        video_project_price_ore=video.price_ore,
        currency=invoice.CURRENCY,
        vat_rate_bp=image.vat_rate_bp,
        price_version=image.price_version,
        version=0,
    )


def shown_workspace(call: Call, workspace_id: UUID | None) -> UUID | None:
    """Return whose rows a list shows; None: anybody's. Raises `NotFound` for another's."""
    return scope(call.actor, workspace_id, "billing.workspace_not_found")


def payment_status(
    db: Connection, door: Door, call: Call, asked: GetPaymentStatus
) -> PaymentStatus:
    """Return how a target stands. Raises `NotFound` for one whose start nobody requested."""
    stream = target(db, door, call, asked.target_kind, asked.target_id)
    stands: payment.Answered = stream.state
    return PaymentStatus(
        id=stream.id,
        version=stream.version,
        workspace_id=stands.workspace_id,
        target_kind=stands.target_kind,
        target_id=stands.target_id,
        run=stands.run,
        price_ore=stands.price_ore,
        **_standing(stands),
    )


def target(db: Connection, door: Door, call: Call, kind: str, target_id: UUID) -> Stream:
    """Return a target's payment. Raises `NotFound` for one whose start nobody requested."""
    stream = store.found(db, door.app.codec, payment.decider, payment_id(kind, target_id))
    stands: payment.Payment | None = stream.state
    if not isinstance(stands, payment.Answered) or not call.actor.sees(stands.workspace_id):
        raise not_found(door.app.service.name, payment.decider)
    return stream


def _standing(stands: payment.Answered) -> dict[str, Any]:
    match stands:
        case payment.Required(reason=reason):
            return {
                "clearance": "payment_required",
                "reason": reason,
                "is_paid": False,
                "paid_at": None,
            }
        case payment.Cleared():
            return {
                "clearance": "cleared",
                "payment_method": stands.method,
                "price_version": stands.price_version,
                "vat_rate_bp": stands.vat_rate_bp,
                "cleared_at": stands.cleared_at,
                "status": "pending" if stands.paid_at is None else "completed",
                "is_paid": stands.paid_at is not None,
                "paid_at": stands.paid_at,
            }
