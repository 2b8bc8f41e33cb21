"""The portal where customers look after their cards: sessions, and the one way it is set up."""

from stand_ins.stripe.form import Params, text
from stand_ins.stripe.listing import listed
from stand_ins.stripe.samples import Object
from stand_ins.stripe.state import State, fresh


def create(state: State, params: Params) -> Object:
    """Make a portal session; its page says that it is a stand-in's."""
    customer = state.get("customer", text(params, "customer"), "customer")
    return state.add(
        "billing_portal.session",
        configuration=_default(state)["id"],
        customer=customer["id"],
        return_url=params.get("return_url"),
        url=f"{state.base}/p/session/{fresh('session')}",
    )


def configurations(state: State, params: Params) -> Object:
    """List how the portal is set up: as by default."""
    _default(state)
    found = state.all("billing_portal.configuration")
    return listed(found, params, "/v1/billing_portal/configurations")


def _default(state: State) -> Object:
    found = state.all("billing_portal.configuration")
    if found:
        return found[0]
    made = state.add("billing_portal.configuration")
    lasting = {"interval_options": [], "type": "indefinite"}
    never = {"duration": lasting, "enabled": False}
    made["features"]["subscription_pause"] = never  # younger than the sample
    return made
