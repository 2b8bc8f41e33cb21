"""How much of the broker one user may take, and how much a queue may hold.

The limits of queues are policies, for a policy reaches queues that are there already; as an
argument, a limit would be refused wherever the queue was declared without.
"""

from collections.abc import Mapping
from typing import Any

from chassis.domain import value
from contracts import SERVICES

DAY_MS = 24 * 3_600_000
MIB = 1024 * 1024


@value
class Limits:
    """What a broker user may have open at the same time, over all of its processes."""

    connections: int
    channels: int


@value
class OfUser:
    """The limits of one user, as an inventory says them."""

    user: str
    connections: int
    channels: int


# `serve` opens 22 connections at the most (what it hears, 10 to reply, 10 to call, the probe's),
# `work` 17 (what it tells, up to 5 queues, 10 to call, the probe's), each with one channel, or two
# where it calls or probes: ten of both. Measured at work: 38 of two of both. Where a net was cut,
# the broker counts for a quarter of an hour what is long replaced.
SERVICE = Limits(connections=400, channels=800)
CALLER = Limits(connections=200, channels=400)  # twenty clients with their ten lines each
OPERATOR = Limits(connections=50, channels=100)
LISTENER = Limits(connections=40, channels=200)  # nameko has several channels on a connection

# A call whose server is away is not kept for ever, whatever its caller said. Of a full queue the
# caller is told, rather than that an older call is lost. Where no server has been for a week, the
# queue is gone, and callers hear at once that nobody answers; the next server declares it anew.
CALLS: Mapping[str, Any] = {
    "pattern": "^rpc-",
    "apply-to": "queues",
    "definition": {
        "message-ttl": 60_000,
        "max-length": 10_000,
        "max-length-bytes": 32 * MIB,
        "overflow": "reject-publish",
        "expires": 7 * DAY_MS,
    },
}
# All others but the queues in which the suite hears: listeners', and those of replies. The oldest
# message gives way: what is told can be read in the feed. Operators' policies, as they join
# whatever other policy a queue has.
_OTHERS = {"pattern": rf"^(?!rpc-|({'|'.join(SERVICES)})\.)", "apply-to": "queues"}
OTHERS: Mapping[str, Any] = {
    "others": {
        **_OTHERS,
        "priority": 1,
        "definition": {
            "max-length": 100_000,
            "max-length-bytes": 64 * MIB,
            "expires": 7 * DAY_MS,
        },
    },
    # a policy is passed over by streams if they lack any part of it; they give way by whole
    # segments, of 500 MB unless they were declared otherwise
    "others-streams": {
        **_OTHERS,
        "priority": 0,
        "definition": {"max-length-bytes": 64 * MIB},
    },
}


def as_rabbitmq_has_them(limits: Limits | OfUser) -> dict[str, Any]:
    """Return the limits as they stand with a user in a definitions document."""
    return {"max-connections": limits.connections, "max-channels": limits.channels}
