"""Whether work may start: the answers in their order. Amounts are øre."""

from billing.domain.pricing import Price
from chassis.domain import value

NO_METHOD, TOO_DEAR = "no_method", "price_above_max"


@value
class Terms:
    """What work costs, and what its customer is to that."""

    price: Price
    refusal: str | None  # workspace_unknown | workspace_suspended
    organization_number: str | None  # of who may be invoiced; None: not by invoice
    by_card: bool = False  # whether a saved card pays without being asked


def refusal(terms: Terms, max_price_ore: int | None) -> str | None:
    """Return why work may not start; None: it is free, or paid by invoice or by a saved card."""
    price_ore = terms.price.price_ore
    if terms.refusal is not None:
        return terms.refusal
    if max_price_ore is not None and price_ore > max_price_ore:
        return TOO_DEAR
    is_paid_for = price_ore == 0 or terms.organization_number is not None or terms.by_card
    return None if is_paid_for else NO_METHOD
