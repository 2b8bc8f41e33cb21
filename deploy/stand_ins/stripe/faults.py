"""What may go wrong: each for the next so many times, or until it is taken back."""

from collections.abc import Sequence
from typing import Literal, get_args

from stand_ins.stripe.state import State

Fault = Literal[
    "reply_lost",  # done, and the connection closed without a reply
    "kept_500",  # not done; 500, and a repeat of the key gets it again
    "kept_500_done",  # done; 500 all the same, and again
    "rate_limited",  # 429; nothing done, nothing kept
    "forbidden",  # 403, as to a restricted key without that right; nothing done, nothing kept
    "refund_pending",  # until `settle_refund`
    "refund_pending_then_succeeded",  # the reply says pending
    "refund_pending_then_failed",
    "refund_succeeded_then_failed",
    "event_doubled",
    "event_held",  # until `release`
    "event_late",  # half a second, so that later ones overtake it
    "event_wrong_version",
    "event_wrong_livemode",
]
FAULTS = get_args(Fault)


def switch(state: State, fault: str, times: int | None, on: str) -> None:
    """Let it go wrong `times` times, or from now on; `on`: where, by how it begins."""
    if fault not in FAULTS:
        raise ValueError(f"no such fault: {fault}; there are {', '.join(FAULTS)}")
    state.faults.append({"fault": fault, "left": times, "on": on})


def unset(state: State, fault: str | None) -> None:
    """Let that, or nothing at all, go wrong any more."""
    state.faults = [each for each in state.faults if fault not in (None, each["fault"])]


def strikes(state: State, fault: Fault, where: str = "") -> bool:
    """Return whether it goes wrong this time, and count it; `where`: a call, or an event's type."""
    for each in state.faults:
        if each["fault"] == fault and where.startswith(each["on"]):
            if each["left"] is not None:
                each["left"] -= 1
                state.faults = [one for one in state.faults if one["left"] != 0]
            return True
    return False


def struck(state: State, faults: Sequence[Fault]) -> Fault | None:
    """Return the first of these that goes wrong this time."""
    return next((each for each in faults if strikes(state, each)), None)
