"""What callers may ask before work starts: may this be invoiced, what costs it, is it paid."""

from typing import Any
from uuid import UUID

from billing.domain import customer, invoice, payment, pricing
from billing.names import payment_id
from chassis.domain import Decider
from chassis.errors import Forbidden
from chassis.unit import store
from chassis.unit.calls import Call
from chassis.unit.handling import App, not_found
from chassis.unit.pages import scope
from chassis.unit.store import Stream
from contracts.billing import (
    ChargeSavedCard,
    GetPaymentStatus,
    ListInvoices,
    ListLineItems,
    StartCheckout,
)

Target = GetPaymentStatus | StartCheckout | ChargeSavedCard


def own_workspace(call: Call) -> UUID:
    """Return the caller's workspace. Raises `Forbidden` for a system admin, who has none."""
    if call.actor.workspace_id is None:
        raise Forbidden("billing.no_workspace", "a system admin has no workspace of their own")
    return call.actor.workspace_id


def eligibility(app: App, call: Call) -> dict[str, Any]:
    """Return whether the caller's workspace may be invoiced, and if not why."""
    workspace_id = own_workspace(call)
    reason = customer.refusal(_read(app, customer.decider, workspace_id).state)
    return {"eligible": True} if reason is None else {"eligible": False, "reason": reason}


def wanted(call: Call, request: ListLineItems | ListInvoices) -> dict[str, Any]:
    """Return what a list's rows must hold. Raises `NotFound` for another workspace's."""
    return {"workspace_id": _shown(call, request.workspace_id), "status": request.status}


def _shown(call: Call, workspace_id: UUID | None) -> UUID | None:
    return scope(call.actor, workspace_id, "billing.workspace_not_found")


def price_list(call: Call, workspace_id: UUID | None) -> dict[str, Any]:
    """Return what a workspace pays, net; by default the caller's."""
    workspace_id = _shown(call, workspace_id) or own_workspace(call)
    image, video = (pricing.current(kind) for kind in ("image_project", "video_project"))
    return {
        "workspace_id": workspace_id,
        "image_project_price_ore": image.price_ore,
        "video_project_price_ore": video.price_ore,
        "currency": invoice.CURRENCY,
        "vat_rate_bp": image.vat_rate_bp,
        "price_version": image.price_version,
        "version": 0,
    }


def payment_status(app: App, call: Call, request: Target) -> dict[str, Any]:
    """Return how a target stands. Raises `NotFound` for one whose start nobody requested."""
    id = payment_id(request.target_kind, request.target_id)
    stream = _read(app, payment.decider, id)
    stands: payment.Payment | None = stream.state
    if stands is None or not call.actor.sees(stands.workspace_id):
        raise not_found(app.service.name, payment.decider)
    return {
        "id": id,
        "version": stream.version,
        "workspace_id": stands.workspace_id,
        "target_kind": stands.target_kind,
        "target_id": stands.target_id,
        "run": stands.run,
        "price_ore": stands.price_ore,
        **_standing(stands),
    }


def _read(app: App, decider: Decider[Any, Any, Any], id: UUID) -> Stream:
    stream = Stream(decider=decider, id=id)
    app.query(lambda db: store.read(db, app.codec, [stream]))
    return stream


def _standing(stands: payment.Payment) -> dict[str, Any]:
    match stands:
        case payment.Required(reason=reason):
            return {"clearance": "payment_required", "reason": reason, "is_paid": False}
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
