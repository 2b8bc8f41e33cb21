"""Refunds: bounded by what is left of the charge, pending, failing late, made elsewhere."""

from stand_ins.stripe import balance
from stand_ins.stripe.disputes import holds, lost
from stand_ins.stripe.events import tell
from stand_ins.stripe.faults import Fault, struck
from stand_ins.stripe.form import Params, changed, whole
from stand_ins.stripe.listing import listed
from stand_ins.stripe.refusals import invalid, lacks, missing, not_possible
from stand_ins.stripe.samples import Object
from stand_ins.stripe.state import State

_OUTCOMES: tuple[Fault, ...] = (
    "refund_pending",
    "refund_pending_then_succeeded",
    "refund_pending_then_failed",
    "refund_succeeded_then_failed",
)
REASONS = ("duplicate", "fraudulent", "requested_by_customer")


def create(state: State, params: Params) -> Object:
    """Pay back all that is left of a payment, or so much; raises `Refused` where it is too much."""
    charge = _charge(state, params)
    gone = lost(state, charge)
    left = max(0, charge["amount"] - charge["amount_refunded"] - gone)
    amount = whole(params, "amount") if "amount" in params else left
    if params.get("reason") not in (None, *REASONS):
        raise invalid(f"Invalid reason: must be one of {', '.join(REASONS)}", param="reason")
    if holds(state, charge) or (gone and left == 0):
        message = f"Charge {charge['id']} has been charged back; cannot issue a refund."
        raise not_possible(message, "charge_disputed")
    if left == 0:
        message = f"Charge {charge['id']} has already been refunded."
        raise not_possible(message, "charge_already_refunded")
    if not 0 < amount <= left:
        message = (
            f"Refund amount ({amount / 100:.2f} kr) is greater than unrefunded amount on charge"
            f" ({left / 100:.2f} kr)"
        )
        raise not_possible(message, param="amount")
    return _made(state, charge, amount, params)


def _charge(state: State, params: Params) -> Object:
    if charge_id := params.get("charge"):
        return state.get("charge", charge_id, "charge")
    if not (intent_id := params.get("payment_intent")):
        raise lacks("payment_intent")
    intent = state.get("payment_intent", intent_id, "payment_intent")
    if intent["status"] != "succeeded":
        message = f"This PaymentIntent ({intent_id}) does not have a successful charge to refund."
        raise not_possible(message, param="payment_intent")
    return state.get("charge", intent["latest_charge"])


def _made(state: State, charge: Object, amount: int, params: Params) -> Object:
    words = (struck(state, _OUTCOMES) or "refund_succeeded").split("_")
    refund = state.add(
        "refund",
        amount=amount,
        charge=charge["id"],
        currency=charge["currency"],
        metadata=changed({}, params),
        payment_intent=charge["payment_intent"],
        reason=params.get("reason"),
        status=words[1],
    )
    went = balance.moved(state, refund, -amount, "refund", "refund", "REFUND FOR CHARGE")
    refund["balance_transaction"] = went["id"]
    if refund["status"] == "pending":
        refund["pending_reason"] = "processing"
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    tell(state, "refund.created", refund)
    tell(state, "charge.refunded", charge)
    replied = dict(refund)
    if words[2:]:
        settle(state, refund["id"], words[-1], "declined")
    return replied


def settle(state: State, id: str, status: str, failure_reason: str) -> Object:
    """Let a refund come to its end, or fail after one; raises `ValueError` for another status."""
    if status not in ("succeeded", "failed", "canceled"):
        raise ValueError(f"a refund does not end as {status}")
    refund = state.get("refund", id)
    refund["status"] = status
    refund.pop("pending_reason", None)
    if status != "succeeded":
        charge = state.get("charge", refund["charge"])
        charge["amount_refunded"] -= refund["amount"]
        charge["refunded"] = False
        back = balance.moved(
            state, refund, refund["amount"], "refund_failure", "refund_failure", "REFUND FAILURE"
        )
        refund.update(failure_balance_transaction=back["id"])
    if status == "failed":
        refund["failure_reason"] = failure_reason
    tell(state, "refund.updated", refund)
    tell(state, "charge.refund.updated", refund)
    if status == "failed":
        tell(state, "refund.failed", refund)
    return refund


def by_hand(state: State, intent_id: str, amount: int | None) -> Object:
    """Make a refund as somebody in Stripe's dashboard does: with no metadata, by no request."""
    params: Params = {"payment_intent": intent_id, "reason": "requested_by_customer"}
    return create(state, params if amount is None else {**params, "amount": str(amount)})


def update(state: State, params: Params, id: str) -> Object:
    """Change a refund's metadata."""
    refund = state.get("refund", id)
    refund["metadata"] = changed(refund["metadata"], params)
    return refund


def retrieve(state: State, params: Params, id: str) -> Object:
    """Return a refund."""
    return state.get("refund", id)


def list_all(state: State, params: Params) -> Object:
    """List refunds, all or an intent's or a charge's."""
    intent_id = params.get("payment_intent")
    if intent_id and intent_id not in state.objects.get("payment_intent", {}):
        raise missing("payment_intent", intent_id, "payment_intent")
    return listed(state.all("refund"), params, "/v1/refunds")
