"""Authentications that were refused: counted, for `audit`. Other refusals are in the log."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial, wraps
from typing import Any, TypeVar
from uuid import UUID

from auth import refusals
from auth.projections import users
from chassis.codec import snake
from chassis.door.edge import Door
from chassis.errors import (
    Conflict,
    RateLimited,
    Rejected,
    ServiceError,
    Unauthenticated,
    Unavailable,
)
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit

A = TypeVar("A")
R = TypeVar("R")
# what else says that somebody was not let in; other rules may refuse a new password, say
SHUT_OUT = ("auth.user_banned", "auth.token_invalid")


def counted(work: Callable[[Door, Call, A], R]) -> Callable[[Door, Call, A], R]:
    """Return a method that counts whom it does not take for who they say they are."""

    @wraps(work)
    def counting(door: Door, call: Call, asked: A) -> R:
        try:
            return work(door, call, asked)
        except (Unauthenticated, RateLimited) as refusal:
            _count(door, call, asked, refusal)
            raise
        except Rejected as refusal:
            if refusal.code in SHUT_OUT:
                _count(door, call, asked, refusal)
            raise

    return counting


def _count(door: Door, call: Call, asked: Any, refusal: ServiceError) -> None:
    """Count it in a unit of its own: that of the call was undone.

    One that cannot be counted is a refusal all the same.
    """
    method = snake(type(asked).__name__)
    with suppress(Conflict, Unavailable):
        door.app.attempt(call, partial(_note, call, asked, method, refusal.code))


def _note(call: Call, asked: Any, method: str, code: str, unit: Unit) -> None:
    whose = _whose(unit, call, asked)
    refusals.count(unit.connection, method, whose, code, call.at)


def _whose(unit: Unit, call: Call, asked: Any) -> UUID | None:
    """Return who is meant: whoever calls, or has the address that a stranger names."""
    if call.actor.kind == "person":
        return call.actor.user_id
    address = getattr(asked, "email", None)
    return users.find(unit.connection, address) if address is not None else None
