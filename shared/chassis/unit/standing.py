"""Whose access has ended: the table `revoked`, as it is asked for a caller and written by events.

The door asks before any work. A unit asks once more as it is written, in the append itself, holding
its caller's access until its end: whoever ends that access waits for the unit, and after them
nothing is written for the caller any more (`schema_access`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection

from chassis.database import postgres
from chassis.errors import Unauthenticated
from chassis.identity import Actor

Effect = Literal["session", "user", "ban", "unban"]  # of an event on somebody's access
ALWAYS, NEVER = "infinity", "-infinity"  # as PostgreSQL writes them


def caller(actor: Actor) -> dict[str, Any] | None:
    """Return what is asked about an actor's token; None for who has none.

    A token of unknown age is older than all.
    """
    if actor.kind != "person":
        return None
    return {
        "session": str(actor.session_id),
        "users": [actor.id, *([str(actor.impersonated_by)] if actor.impersonated_by else ())],
        "issued_at": actor.issued_at.isoformat() if actor.issued_at else NEVER,
    }


def check(connection: Connection, actor: Actor) -> None:
    """Raise `Unauthenticated("chassis.token_revoked")` if the actor's token has been revoked."""
    asked = caller(actor)
    if asked is not None:
        must(postgres.run(connection, _STANDS, {"caller": asked}).fetchone())


def must(stands: tuple[bool] | None) -> None:
    """Raise `Unauthenticated` unless PostgreSQL has said that access stands."""
    if stands != (True,):
        raise Unauthenticated("chassis.token_revoked", "this access token has been revoked")


class Revocations:
    """What the events of one unit do to people's access, as `append` writes it.

    A session's tokens are refused for good; a user's that are as old as the event, or older, and
    while they are banned all.
    """

    def __init__(self, effects: Mapping[type[Any], Effect]) -> None:
        """`effects`: by contract, what is told that ends access or gives it back."""
        self.effects = effects
        self.rows: list[Mapping[str, Any]] = []

    def note(self, told: Any, at: datetime) -> None:
        """Note what was told at that time, if it is about access."""
        effect = self.effects.get(type(told))
        if effect is not None:
            self.add(effect, told, at)

    def add(self, effect: Effect, told: Any, at: datetime) -> None:
        """Note what this does to somebody's access."""
        self.rows.append(
            {
                "kind": "session" if effect == "session" else "user",
                "id": str(told.session_id if effect == "session" else told.user_id),
                "person": str(told.user_id),
                "at": at.isoformat(),
                "banned_until": _banned_until(effect, told),
            }
        )


def _banned_until(effect: Effect, event: Any) -> str | None:
    match effect:
        case "ban":
            return event.expires_at.isoformat() if event.expires_at else ALWAYS
        case "unban":
            return NEVER
    return None


_STANDS = "select access_stands(%(caller)s)"
