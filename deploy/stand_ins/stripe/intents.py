"""Payment intents, and the charges that they made."""

from stand_ins.stripe.charges import take
from stand_ins.stripe.customers import found_method
from stand_ins.stripe.events import tell
from stand_ins.stripe.form import Params, changed, flag, text, whole
from stand_ins.stripe.listing import listed, searched
from stand_ins.stripe.refusals import invalid, not_possible
from stand_ins.stripe.samples import Object
from stand_ins.stripe.state import State, fresh

LEAST_ORE = 300  # Stripe takes no less than 3 kroner
OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")


def create(state: State, params: Params) -> Object:
    """Make an intent, and confirm it at once where that is asked for."""
    method_id = params.get("payment_method")
    if flag(params, "off_session") and not flag(params, "confirm"):
        raise invalid("off_session can only be used when confirm is true", param="off_session")
    if customer_id := params.get("customer"):
        state.get("customer", customer_id, "customer")
    amount = asked_amount(whole(params, "amount"), "amount")
    method = found_method(state, method_id) if method_id else None
    if method is not None:
        _usable(state, method, customer_id)
    intent = make(state, amount, text(params, "currency"), customer_id, params)
    if method is not None:
        intent.update(payment_method=method["id"], status="requires_confirmation")
    return confirm(state, params, intent["id"]) if flag(params, "confirm") else intent


def asked_amount(amount: int, param: str) -> int:
    """Return an amount that Stripe would take; raises `Refused`."""
    if amount < 1:
        message = "This value must be greater than or equal to 1."
        raise invalid(message, "parameter_invalid_integer", param=param)
    if amount < LEAST_ORE:
        message = "Amount must be at least 3.00 kr"
        raise invalid(message, "amount_too_small", param=param)
    if amount > 99_999_999:
        raise invalid("Amount must be no more than 999,999.99", "amount_too_large", param=param)
    return amount


def _usable(state: State, method: Object, customer_id: str | None) -> None:
    if method["customer"] not in (None, customer_id):
        message = f"The payment method {method['id']} belongs to another customer."
        raise not_possible(message, "payment_method_unexpected_state", param="payment_method")
    if state.hidden[method["id"]].get("detached"):
        message = "The provided PaymentMethod was detached and may not be used again."
        raise not_possible(message, "payment_method_unexpected_state", param="payment_method")


def make(
    state: State, amount: int, currency: str, customer_id: str | None, params: Params
) -> Object:
    """Make an intent that nothing was tried for yet."""
    intent = state.add(
        "payment_intent",
        amount=amount,
        currency=currency.lower(),
        customer=customer_id,
        description=params.get("description"),
        metadata=changed({}, params),
        setup_future_usage=params.get("setup_future_usage"),
    )
    intent["client_secret"] = f"{intent['id']}_secret_{fresh('x')[2:]}"
    tell(state, "payment_intent.created", intent)
    return intent


def confirm(state: State, params: Params, id: str) -> Object:
    """Charge; raises `Refused` 402 where the card says no, or the buyer would have to say yes."""
    intent = state.get("payment_intent", id)
    _must_be_open(intent, "confirm")
    method_id = params.get("payment_method") or intent["payment_method"]
    if not method_id:
        message = "You cannot confirm this PaymentIntent because it's missing a payment method."
        raise not_possible(message, "payment_intent_unexpected_state", payment_intent=intent)
    method = found_method(state, method_id)
    _usable(state, method, intent["customer"])
    alone = flag(params, "off_session") or flag(params, "error_on_requires_action")
    take(state, intent, method, off_session=alone)
    return intent


def cancel(state: State, params: Params, id: str) -> Object:
    """End an intent that has taken nothing."""
    intent = state.get("payment_intent", id)
    _must_be_open(intent, "cancel")
    intent.update(
        status="canceled",
        canceled_at=state.now(),
        cancellation_reason=params.get("cancellation_reason"),
    )
    tell(state, "payment_intent.canceled", intent)
    return intent


def _must_be_open(intent: Object, what: str) -> None:
    if intent["status"] not in OPEN:
        message = (
            f"You cannot {what} this PaymentIntent because it has a status of {intent['status']}."
        )
        raise not_possible(message, "payment_intent_unexpected_state", payment_intent=intent)


def retrieve(state: State, params: Params, id: str) -> Object:
    """Return an intent."""
    return state.get("payment_intent", id)


def list_all(state: State, params: Params) -> Object:
    """List intents, all or a customer's."""
    return listed(state.all("payment_intent"), params, "/v1/payment_intents")


def search(state: State, params: Params) -> Object:
    """Search intents."""
    return searched(state, "payment_intent", params, "/v1/payment_intents/search")


def charge(state: State, params: Params, id: str) -> Object:
    """Return a charge."""
    return state.get("charge", id)


def charges(state: State, params: Params) -> Object:
    """List charges, all or an intent's or a customer's."""
    return listed(state.all("charge"), params, "/v1/charges")


def movement(state: State, params: Params, id: str) -> Object:
    """Return a balance transaction."""
    return state.get("balance_transaction", id)


def movements(state: State, params: Params) -> Object:
    """List balance transactions, all or of one source or type."""
    return listed(state.all("balance_transaction"), params, "/v1/balance_transactions")
