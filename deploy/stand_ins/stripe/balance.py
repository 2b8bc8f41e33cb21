"""Balance transactions: each movement of money, in øre. No fees are taken."""

from stand_ins.stripe.samples import Object
from stand_ins.stripe.state import State


def moved(
    state: State, source: Object, amount: int, type: str, category: str, description: str
) -> Object:
    """Note that so much came (or, below 0, went) for an object."""
    at = state.now()
    return state.add(
        "balance_transaction",
        amount=amount,
        net=amount,
        available_on=at,
        currency=source["currency"],
        source=source["id"],
        type=type,
        reporting_category=category,
        description=description,
    )
