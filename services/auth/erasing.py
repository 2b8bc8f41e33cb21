"""Erasures that a restore has lost: repeated by whoever runs auth's host, never over RPC."""

from functools import partial
from uuid import UUID

from auth.acts import erasure
from chassis import ids
from chassis.identity import service_actor
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from chassis.unit.handling import App


def again(app: App, user_id: UUID, erasure_id: UUID) -> None:
    """Forget a person by an erasure of before; who was forgotten stays so.

    Raises `NotFound` for nobody, `Rejected("auth.last_owner")`.
    """
    by = Call(
        id=ids.derive(erasure_id, "again"),
        at=app.clock(),
        actor=service_actor("operator"),
        correlation_id=str(ids.fresh()),
    )
    app.attempt(by, partial(_forget, user_id, erasure_id))


def _forget(user_id: UUID, erasure_id: UUID, unit: Unit) -> None:
    erasure.forget(unit, user_id, erasure_id)
