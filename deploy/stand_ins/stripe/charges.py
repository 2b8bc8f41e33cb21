"""Taking money by a card: the charge, the intent's end, and what is told of both."""

from stand_ins.stripe import balance, cards
from stand_ins.stripe.events import tell
from stand_ins.stripe.refusals import Refused
from stand_ins.stripe.samples import Object
from stand_ins.stripe.state import State


def take(state: State, intent: Object, method: Object, *, off_session: bool) -> None:
    """Charge the card for the intent, or let it wait for the buyer (`requires_action`).

    Raises `Refused` 402 where the card is declined, or needs a buyer who is not there.
    """
    behind = state.hidden[method["id"]]
    card = cards.card(behind["number"])
    intent["payment_method"] = method["id"]
    known = behind["set_up"] and card.authenticates == "unless_saved"
    if card.authenticates != "never" and not known:
        if off_session:
            _fail(state, intent, method, cards.not_authenticated())
        _ask_buyer(state, intent)
        return
    if card.decline is not None:
        _fail(state, intent, method, cards.declined(card))
    succeed(state, intent, method)


def _ask_buyer(state: State, intent: Object) -> None:
    intent["status"] = "requires_action"
    intent["next_action"] = {"type": "use_stripe_sdk", "use_stripe_sdk": {}}
    tell(state, "payment_intent.requires_action", intent)


def succeed(state: State, intent: Object, method: Object) -> None:
    """Take the money, save the card where that was asked for, and tell it."""
    charge = _charge(state, intent, method, status="succeeded", paid=True, captured=True)
    charge["amount_captured"] = charge["amount"]
    came = balance.moved(state, charge, charge["amount"], "charge", "charge", "Payment")
    charge["balance_transaction"] = came["id"]
    charge["outcome"].update(
        network_status="approved_by_network", seller_message="Payment complete."
    )
    charge["outcome"]["type"] = "authorized"
    intent.update(
        status="succeeded",
        amount_received=intent["amount"],
        latest_charge=charge["id"],
        next_action=None,
        last_payment_error=None,
    )
    if intent["setup_future_usage"] == "off_session" and intent["customer"]:
        method["customer"] = intent["customer"]
        state.hidden[method["id"]]["set_up"] = True
    tell(state, "charge.succeeded", charge)
    tell(state, "payment_intent.succeeded", intent)


def _fail(state: State, intent: Object, method: Object, refusal: Refused) -> None:
    error = refusal.error
    charge = _charge(state, intent, method, status="failed", paid=False, captured=False)
    charge.update(
        balance_transaction=None, failure_code=error["code"], failure_message=error["message"]
    )
    charge["outcome"].update(
        network_status="declined_by_network",
        reason=error["decline_code"],
        seller_message="The bank did not return any further details with this decline.",
        type="issuer_declined",
    )
    error["charge"] = charge["id"]
    intent.update(
        status="requires_payment_method",
        latest_charge=charge["id"],
        payment_method=None,
        last_payment_error={**error, "payment_method": method},
    )
    tell(state, "charge.failed", charge)
    tell(state, "payment_intent.payment_failed", intent)
    error.update(payment_intent=intent, payment_method=method)
    raise refusal


def _charge(
    state: State, intent: Object, method: Object, *, status: str, paid: bool, captured: bool
) -> Object:
    card = method["card"]
    charge = state.add(
        "charge",
        amount=intent["amount"],
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        metadata=dict(intent["metadata"]),  # Stripe copies an intent's to its charge
        payment_intent=intent["id"],
        payment_method=method["id"],
        billing_details=method["billing_details"],
        status=status,
        paid=paid,
        captured=captured,
    )
    shown = ("brand", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4")
    charge["payment_method_details"]["card"].update({name: card[name] for name in shown})
    charge["payment_method_details"]["card"].update(network=card["brand"], wallet=None)
    return charge
