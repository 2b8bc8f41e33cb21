"""Guessing is slowed down: whoever was wrong too often waits, and nothing is computed for them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from auth import attempts
from auth.domain.attempts import BY_ADDRESS, BY_NETWORK, BY_PAIR, Limit, after, network, wait_s
from chassis.door.edge import Door
from chassis.errors import RateLimited, Unauthenticated
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit


def reserve(door: Door, call: Call, address: str | None, ip: str | None) -> None:
    """Count a try as a wrong one before it is looked at: the call's own unit may roll back.

    `address` is folded, and counts alike whether anybody has it or not. Raises
    `RateLimited("auth.too_many_attempts")` with `retry_after_s`; such a try does not count.
    """
    count(door, call, _limits(address, ip))


def failures(unit: Unit, address: str) -> int:
    """Return how many tries of an address were wrong, before the one that was reserved."""
    return max(0, attempts.failures(unit.connection, attempts.key("address", address)) - 1)


def forgive(unit: Unit, address: str | None, ip: str | None) -> None:
    """Take what was reserved for right: the address's failures are forgotten.

    Of the network's it is this one alone: others may be behind it.
    """
    networks = set(_limits(None, ip))
    attempts.forget(unit.connection, set(_limits(address, ip)) - networks, one_less=networks)


@contextmanager
def right_as_far_as(
    code: str, door: Door, call: Call, address: str | None, ip: str | None
) -> Iterator[None]:
    """Take a reserved try for right that is refused by this code: it lacks something else."""
    try:
        yield
    except Unauthenticated as refusal:
        if refusal.code == code:
            door.app.attempt(call, partial(_take_back, _limits(address, ip)))
        raise


def _take_back(limits: Mapping[str, Limit], unit: Unit) -> None:
    attempts.forget(unit.connection, (), one_less=limits)


def _limits(address: str | None, ip: str | None) -> dict[str, Limit]:
    """Return what a try counts under."""
    of, limits = network(ip) if ip else "", dict[str, Limit]()
    if address is not None:
        limits[attempts.key("pair", address, of)] = BY_PAIR
        limits[attempts.key("address", address)] = BY_ADDRESS
    if of:
        limits[attempts.key("network", of)] = BY_NETWORK
    return limits


def count(door: Door, call: Call, limits: Mapping[str, Limit]) -> None:
    """Count a try under these keys, in a transaction of its own. Raises as `reserve` does."""
    if limits:
        door.app.attempt(call, partial(_count, limits))


def _count(limits: Mapping[str, Limit], unit: Unit) -> None:
    at = unit.call.at
    tried = attempts.held(unit.connection, limits, at)
    waits_s = max(wait_s(tried[each], limit, at) for each, limit in limits.items())
    if waits_s:
        message = "too many were wrong; this one was not looked at"
        raise RateLimited("auth.too_many_attempts", message, retry_after_s=waits_s)
    more = {each: after(tried[each], limit, at) for each, limit in limits.items()}
    attempts.keep(unit.connection, more)
