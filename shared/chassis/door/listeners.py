"""Other teams' services: of a feed each reads the types that it was given, and nothing else.

Asked of the database at each call: who was removed is refused the next one.
"""

from collections.abc import Collection

from sqlalchemy import Connection, text

from chassis.errors import Forbidden, Invalid
from chassis.identity import Actor, Permission, service_actor
from chassis.unit.handling import App


def broker_user(app: App, name: str, permission: Permission) -> Actor:
    """Return who calls under that name: a service, or a listener that was added to this one."""
    if permission.listeners and name not in permission.services:
        return app.query(lambda connection: _find(connection, name)) or service_actor(name)
    return service_actor(name)


def _find(connection: Connection, name: str) -> Actor | None:
    row = connection.execute(_FIND, {"name": name}).one_or_none()
    return Actor(kind="listener", id=name, hears=frozenset(row.types)) if row else None


def readable(
    actor: Actor, types: Collection[str] | None, told: Collection[str]
) -> Collection[str] | None:
    """Return which types somebody is shown who asks for `types`; None for all that are told.

    Raises `Invalid` for a type that is not among `told`, `Forbidden` for one that a listener was
    not given.
    """
    asked = set(types or ())
    if unknown := sorted(asked - set(told)):
        fields = {"types": [f"Not told here: {', '.join(unknown)}."]}
        raise Invalid("chassis.invalid_argument", details={"fields": fields})
    if actor.hears is None:
        return types
    if refused := sorted(asked - actor.hears):
        raise Forbidden("chassis.not_allowed", f"{actor} was not given {', '.join(refused)}")
    return actor.hears if types is None else types


_FIND = text("select types from listeners where name = :name")
