"""Customers, and their saved cards."""

from stand_ins.stripe import cards
from stand_ins.stripe.form import Params, changed, group, text
from stand_ins.stripe.listing import listed, searched
from stand_ins.stripe.refusals import invalid, not_possible
from stand_ins.stripe.samples import Object
from stand_ins.stripe.state import State

_PLAIN = ("name", "email", "phone", "description", "address", "shipping")


def create(state: State, params: Params) -> Object:
    """Make a customer."""
    made = state.add("customer", metadata=changed({}, params))
    return _set(state, made, params)


def update(state: State, params: Params, id: str) -> Object:
    """Change what is named, and leave the rest."""
    return _set(state, state.get("customer", id), params)


def _set(state: State, customer: Object, params: Params) -> Object:
    customer.update({name: params[name] or None for name in _PLAIN if name in params})
    customer["metadata"] = changed(customer["metadata"], params)
    if locales := params.get("preferred_locales"):
        customer["preferred_locales"] = locales
    settings = group(params, "invoice_settings")
    if "default_payment_method" in settings:
        chosen = settings["default_payment_method"] or None
        if chosen is not None:
            _own(state, customer["id"], chosen)
        customer["invoice_settings"]["default_payment_method"] = chosen
    return customer


def retrieve(state: State, params: Params, id: str) -> Object:
    """Return a customer."""
    return state.get("customer", id)


def list_all(state: State, params: Params) -> Object:
    """List customers, all or by e-mail address."""
    return listed(state.all("customer"), params, "/v1/customers")


def search(state: State, params: Params) -> Object:
    """Search customers."""
    return searched(state, "customer", params, "/v1/customers/search")


def create_method(state: State, params: Params) -> Object:
    """Make a payment method of a test card's number."""
    if text(params, "type") != "card":
        raise invalid("The stand-in knows cards alone", param="type")
    made = method(state, text(group(params, "card"), "number"))
    made["metadata"] = changed({}, params)
    return made


def method(state: State, name: str) -> Object:
    """Make a payment method of the test card of that number or `pm_card_…` id."""
    card = cards.card(name)
    made = state.add("payment_method")
    made["card"].update(
        brand=card.brand,
        display_brand=card.brand,
        last4=card.number[-4:],
        networks={"available": [card.brand], "preferred": None},
        fingerprint=f"stand-in-{card.number[-4:]}",
        generated_from=None,
        wallet=None,
        exp_year=2099,
    )
    state.hidden[made["id"]] = {"number": card.number, "set_up": False}
    return made


def found_method(state: State, id: str, param: str = "payment_method") -> Object:
    """Return a payment method, made anew where a test card's id is given."""
    return method(state, id) if id in cards.TOKENS else state.get("payment_method", id, param)


def attach(state: State, params: Params, id: str) -> Object:
    """Save a card on a customer; raises `Refused` 402 for one that is declined at once."""
    customer = state.get("customer", text(params, "customer"), "customer")
    saved = found_method(state, id)
    card = cards.card(state.hidden[saved["id"]]["number"])
    if not card.saves:
        raise cards.declined(card)
    saved["customer"] = customer["id"]
    return saved


def detach(state: State, params: Params, id: str) -> Object:
    """Take a card from its customer, for good."""
    taken = state.get("payment_method", id)
    if taken["customer"] is None:
        raise not_possible("The payment method you provided is not attached to a customer.")
    taken["customer"] = None
    state.hidden[id]["detached"] = True
    for customer in state.all("customer"):
        settings = customer["invoice_settings"]
        if settings["default_payment_method"] == id:
            settings["default_payment_method"] = None
    return taken


def retrieve_method(state: State, params: Params, id: str) -> Object:
    """Return a payment method."""
    return state.get("payment_method", id)


def list_methods(state: State, params: Params) -> Object:
    """List cards, all or a customer's."""
    return listed(state.all("payment_method"), params, "/v1/payment_methods")


def methods_of(state: State, params: Params, id: str) -> Object:
    """List the cards of the customer in the path."""
    state.get("customer", id)
    url = f"/v1/customers/{id}/payment_methods"
    return listed(state.all("payment_method"), {**params, "customer": id}, url)


def method_of(state: State, params: Params, id: str, method_id: str) -> Object:
    """Return a card of the customer in the path."""
    return _own(state, id, method_id)


def _own(state: State, customer_id: str, method_id: str) -> Object:
    found = state.get("payment_method", method_id, "payment_method")
    if found["customer"] != customer_id:
        raise not_possible(f"The customer {customer_id} does not have {method_id}.")
    return found
