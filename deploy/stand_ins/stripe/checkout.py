"""Checkout sessions: made, paid by one call, expired."""

from stand_ins.stripe import cards
from stand_ins.stripe.charges import succeed, take
from stand_ins.stripe.customers import method
from stand_ins.stripe.events import tell
from stand_ins.stripe.form import Params, changed, group, text, whole
from stand_ins.stripe.intents import asked_amount, make
from stand_ins.stripe.listing import listed
from stand_ins.stripe.refusals import invalid, lacks, not_possible
from stand_ins.stripe.samples import Object
from stand_ins.stripe.state import State

SOONEST_S, LATEST_S = 30 * 60, 24 * 3600
SLACK_S = 60  # between two clocks


def create(state: State, params: Params) -> Object:
    """Make an open session of one payment."""
    if text(params, "mode") != "payment":
        raise invalid("The stand-in knows mode=payment alone", param="mode")
    text(params, "success_url")
    customer_id = params.get("customer")
    if customer_id is not None:
        state.get("customer", customer_id, "customer")
    lines = [_line(state, each) for each in params.get("line_items") or []]
    if not lines:
        raise lacks("line_items")
    currencies = {each["currency"] for each in lines}
    if len(currencies) > 1:
        raise invalid("All line items must have one currency", param="line_items")
    total = asked_amount(sum(each["amount_total"] for each in lines), "line_items")
    session = state.add(
        "checkout.session",
        amount_subtotal=total,
        amount_total=total,
        currency=currencies.pop(),
        customer=customer_id,
        expires_at=_end(state, params),
        metadata=changed({}, params),
    )
    plain = ("cancel_url", "client_reference_id", "customer_email", "locale", "submit_type")
    session.update({name: params.get(name) for name in (*plain, "success_url")})
    session["ui_mode"] = params.get("ui_mode", "hosted_page")
    session["url"] = page(state, session["id"])
    state.hidden[session["id"]] = {
        "lines": lines,
        "intent": group(params, "payment_intent_data"),
    }
    return session


def page(state: State, id: str) -> str:
    """Return the address of a session's page."""
    return f"{state.base}/c/pay/{id}"


def _line(state: State, item: Params) -> Object:
    price = group(item, "price_data")
    if not price:
        raise lacks("line_items[0][price_data]")
    name = text(group(price, "product_data"), "name")
    quantity = whole(item, "quantity") if "quantity" in item else 1
    amount, currency = whole(price, "unit_amount") * quantity, text(price, "currency").lower()
    line = state.add(
        "line_item",
        object="item",
        amount_subtotal=amount,
        amount_total=amount,
        currency=currency,
        description=name,
        quantity=quantity,
    )
    del line["created"]  # lines have no time
    return state.objects["line_item"].pop(line["id"])


def _end(state: State, params: Params) -> int:
    now = state.now()
    end = whole(params, "expires_at") if "expires_at" in params else now + LATEST_S
    if not now + SOONEST_S - SLACK_S <= end <= now + LATEST_S + SLACK_S:
        message = (
            "The `expires_at` timestamp must be at least 30 minutes and less than 24 hours"
            " from Checkout Session creation."
        )
        raise invalid(message, param="expires_at")
    return end


def pay(state: State, id: str, card: str, amount: int | None, currency: str | None) -> Object:
    """Let the buyer pay with that card, and say yes where it asks; raises `Refused` if declined.

    With an `amount` or a `currency` it is that which is paid: what Stripe would never do.
    """
    session = _open(state, id)
    session["amount_total"] = session["amount_total"] if amount is None else amount
    session["currency"] = currency or session["currency"]
    intent, paid_by = _tried(state, session, card)
    if cards.card(card).authenticates != "never":
        succeed(state, intent, paid_by)  # the buyer is there
    else:
        take(state, intent, paid_by, off_session=False)
    _complete(state, session, intent, "paid")
    return session


def promise(state: State, id: str) -> Object:
    """Let the buyer choose what pays later: complete, and unpaid until `settle_promise`."""
    session = _open(state, id)
    intent, paid_by = _tried(state, session, cards.GOOD)
    intent.update(status="processing", payment_method=paid_by["id"])
    tell(state, "payment_intent.processing", intent)
    _complete(state, session, intent, "unpaid")
    return session


def settle_promise(state: State, id: str, *, paid: bool) -> Object:
    """Let what pays later come, or fail."""
    session = state.get("checkout.session", id)
    intent = state.get("payment_intent", session["payment_intent"])
    if paid:
        succeed(state, intent, state.get("payment_method", intent["payment_method"]))
        session["payment_status"] = "paid"
        tell(state, "checkout.session.async_payment_succeeded", session)
    else:
        intent.update(status="requires_payment_method", payment_method=None)
        tell(state, "payment_intent.payment_failed", intent)
        tell(state, "checkout.session.async_payment_failed", session)
    return session


def _open(state: State, id: str) -> Object:
    session = state.get("checkout.session", id)
    _end_if_due(state, session)
    if session["status"] != "open":
        raise not_possible(f"This Checkout Session is {session['status']}.")
    return session


def _tried(state: State, session: Object, card: str) -> tuple[Object, Object]:
    """Return the session's intent, made at the first try, and the buyer's card."""
    chosen = method(state, card)
    if session["payment_intent"] is None:
        data = state.hidden[session["id"]]["intent"]
        intent = make(
            state, session["amount_total"], session["currency"], session["customer"], data
        )
        session["payment_intent"] = intent["id"]
    intent = state.get("payment_intent", session["payment_intent"])
    intent.update(amount=session["amount_total"], currency=session["currency"])
    return intent, chosen


def _complete(state: State, session: Object, intent: Object, payment_status: str) -> None:
    session.update(status="complete", payment_status=payment_status, url=None)
    session["customer_details"] = _details(state, session)
    tell(state, "checkout.session.completed", session)


def _details(state: State, session: Object) -> Object:
    customer = state.objects.get("customer", {}).get(session["customer"] or "", {})
    names = ("address", "business_name", "individual_name", "name", "phone", "tax_ids")
    return {
        **{name: customer.get(name) for name in names},
        "email": customer.get("email") or session["customer_email"] or "buyer@example.com",
        "tax_exempt": "none",
    }


def expire(state: State, params: Params, id: str) -> Object:
    """Close an open session; raises `Refused` for one that is not."""
    session = state.get("checkout.session", id)
    if session["status"] != "open":
        message = (
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout'
            f" Session has a status of {session['status']}."
        )
        raise not_possible(message)
    return _expired(state, session)


def expire_due(state: State) -> None:
    """Close the sessions whose time is over."""
    for session in state.all("checkout.session"):
        _end_if_due(state, session)


def _end_if_due(state: State, session: Object) -> None:
    if session["status"] == "open" and session["expires_at"] <= state.now():
        _expired(state, session)


def _expired(state: State, session: Object) -> Object:
    session.update(status="expired", url=None)
    tell(state, "checkout.session.expired", session)
    return session


def retrieve(state: State, params: Params, id: str) -> Object:
    """Return a session."""
    return state.get("checkout.session", id)


def list_all(state: State, params: Params) -> Object:
    """List sessions, all or an intent's or a customer's."""
    return listed(state.all("checkout.session"), params, "/v1/checkout/sessions")


def lines(state: State, params: Params, id: str) -> Object:
    """List what is bought in a session."""
    state.get("checkout.session", id)
    url = f"/v1/checkout/sessions/{id}/line_items"
    return {"object": "list", "url": url, "has_more": False, "data": state.hidden[id]["lines"]}
