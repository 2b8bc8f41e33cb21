"""Disputes: opened by a switch, moved from status to status, with the money that goes and comes."""

from stand_ins.stripe import balance
from stand_ins.stripe.events import tell
from stand_ins.stripe.form import Params
from stand_ins.stripe.listing import listed
from stand_ins.stripe.refusals import not_possible
from stand_ins.stripe.samples import Object
from stand_ins.stripe.state import State

INQUIRIES = ("warning_needs_response", "warning_under_review", "warning_closed")
ENDS = ("won", "lost", "prevented", "warning_closed")
STATUSES = (*INQUIRIES, "needs_response", "under_review", "won", "lost", "prevented")


def start(state: State, intent_id: str, status: str, amount: int | None, reason: str) -> Object:
    """Let the buyer's bank dispute a payment, whole or in part, and go on to that status.

    An inquiry, and what was prevented, move no money. Raises `ValueError` for an unknown status.
    """
    if status not in STATUSES:
        raise ValueError(f"no such status: {status}; there are {', '.join(STATUSES)}")
    intent = state.get("payment_intent", intent_id, "payment_intent")
    if not intent["amount_received"]:
        raise not_possible(f"{intent_id} has taken nothing that could be disputed")
    charge = state.get("charge", intent["latest_charge"])
    inquiry = status in INQUIRIES or status == "prevented"
    opening = "warning_needs_response" if inquiry else "needs_response"
    dispute = state.add(
        "dispute",
        amount=charge["amount"] if amount is None else amount,
        charge=charge["id"],
        currency=charge["currency"],
        is_charge_refundable=inquiry,
        payment_intent=intent_id,
        reason=reason,
        status=opening,
    )
    dispute["payment_method_details"]["card"]["case_type"] = "inquiry" if inquiry else "chargeback"
    due_by = state.now() + 7 * 24 * 3600
    dispute["evidence_details"].update(due_by=due_by, submission_method="not_submitted")
    if not inquiry:
        _take(state, dispute, dispute["amount"])
    tell(state, "charge.dispute.created", dispute)
    if not inquiry:
        tell(state, "charge.dispute.funds_withdrawn", dispute)
    return dispute if status == opening else move(state, dispute["id"], status)


def move(state: State, id: str, status: str) -> Object:
    """Let a dispute go on to a status; raises `ValueError` for an unknown one.

    An inquiry that becomes a dispute is withdrawn, and what is won is reinstated.
    """
    if status not in STATUSES:
        raise ValueError(f"no such status: {status}; there are {', '.join(STATUSES)}")
    dispute = state.get("dispute", id)
    dispute["status"] = status
    taken = -sum(each["amount"] for each in dispute["balance_transactions"])
    if status in ("needs_response", "under_review", "lost") and not taken:
        dispute["is_charge_refundable"] = False
        dispute["payment_method_details"]["card"]["case_type"] = "chargeback"
        withdraw(state, dispute, dispute["amount"])
    if status == "won" and taken:
        reinstate(state, dispute, taken)
    tell(state, f"charge.dispute.{'closed' if status in ENDS else 'updated'}", dispute)
    return dispute


def withdraw(state: State, dispute: Object, amount: int) -> None:
    """Take the disputed money from the seller."""
    _take(state, dispute, amount)
    tell(state, "charge.dispute.funds_withdrawn", dispute)


def _take(state: State, dispute: Object, amount: int) -> None:
    state.get("charge", dispute["charge"])["disputed"] = True
    about = f"Chargeback withdrawal for {dispute['charge']}"
    _moved(state, dispute, -amount, "dispute", about)


def reinstate(state: State, dispute: Object, amount: int) -> None:
    """Give it back."""
    about = f"Chargeback reversal for {dispute['charge']}"
    _moved(state, dispute, amount, "dispute_reversal", about)
    tell(state, "charge.dispute.funds_reinstated", dispute)


def _moved(state: State, dispute: Object, amount: int, category: str, about: str) -> None:
    moved = balance.moved(state, dispute, amount, "adjustment", category, about)
    dispute["balance_transactions"].append(moved)


def holds(state: State, charge: Object) -> bool:
    """Return whether an open dispute holds the charge's money: nothing is refunded meanwhile."""
    return any(each["status"] not in ENDS for each in _withdrawn(state, charge))


def lost(state: State, charge: Object) -> int:
    """Return how much of a charge went by lost disputes: that is not refunded any more, in øre."""
    gone = (each for each in _withdrawn(state, charge) if each["status"] == "lost")
    return sum(-int(moved["amount"]) for each in gone for moved in each["balance_transactions"])


def _withdrawn(state: State, charge: Object) -> list[Object]:
    disputes = (each for each in state.all("dispute") if each["charge"] == charge["id"])
    return [each for each in disputes if each["balance_transactions"]]


def retrieve(state: State, params: Params, id: str) -> Object:
    """Return a dispute."""
    return state.get("dispute", id)


def list_all(state: State, params: Params) -> Object:
    """List disputes, all or an intent's or a charge's."""
    return listed(state.all("dispute"), params, "/v1/disputes")
