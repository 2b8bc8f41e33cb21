"""Events: what happened is remembered, and told to every endpoint that wants its type."""

import time
from copy import deepcopy

from stand_ins.stripe.faults import strikes
from stand_ins.stripe.samples import Object
from stand_ins.stripe.state import API_VERSION, State

WRONG_VERSION = "2017-08-15"
LATE_S = 0.5  # behind what happens next


def tell(state: State, type: str, about: Object) -> Object:
    """Remember what happened to an object, as it is now, and queue its telling."""
    wants = [
        each
        for each in state.all("webhook_endpoint")
        if each["status"] == "enabled" and {"*", type} & set(each["enabled_events"])
    ]
    event = state.add(
        "event",
        type=type,
        data={"object": deepcopy(about)},
        api_version=API_VERSION,
        request=dict(state.request),
        pending_webhooks=len(wants),
    )
    if strikes(state, "event_wrong_version", type):
        event["api_version"] = WRONG_VERSION
    if strikes(state, "event_wrong_livemode", type):
        event["livemode"] = True
    times = 2 if strikes(state, "event_doubled", type) else 1
    held = strikes(state, "event_held", type)
    late = strikes(state, "event_late", type)
    for endpoint in wants * times:
        send(state, event, endpoint, held=held, after_s=LATE_S if late else 0)
    return event


def send(
    state: State, event: Object, endpoint: Object, *, held: bool = False, after_s: float = 0
) -> None:
    """Queue one delivery, held until it is released, or due after so many seconds."""
    state.deliveries.append(
        {
            "event": event["id"],
            "endpoint": endpoint["id"],
            "due": time.time() + after_s,
            "tries": 0,
            "held": held,
        }
    )
    state.changed.notify_all()
