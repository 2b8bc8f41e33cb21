"""Who acts, and who may call what."""

from dataclasses import field
from datetime import datetime
from typing import Literal
from uuid import UUID

from chassis.domain import value
from chassis.errors import Forbidden, Unauthenticated

ROLES = ("member", "admin", "owner")  # each may what the one before it may


@value
class Actor:
    """Who acts. A service acts on behalf of somebody, and belongs to no workspace."""

    kind: Literal["person", "service", "anyone"]
    id: str
    workspace_id: UUID | None = None
    role: str | None = None
    is_system_admin: bool = False
    session_id: UUID | None = None
    impersonated_by: UUID | None = None
    issued_at: datetime | None = field(default=None, compare=False)  # of the token, not of who

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @property
    def user_id(self) -> UUID:
        """The person's id."""
        return UUID(self.id)

    def sees(self, workspace_id: UUID | None) -> bool:
        """Return whether what belongs to that workspace exists for this actor."""
        if self.kind != "person" or self.is_system_admin:
            return True
        return workspace_id is not None and workspace_id == self.workspace_id


ANYONE = Actor(kind="anyone", id="anonymous")


def service_actor(name: str) -> Actor:
    """Return the actor that reactions, jobs and schedules of that service act as."""
    return Actor(kind="service", id=name)


@value
class Permission:
    """Who may call one method."""

    open: bool = False  # no token needed
    role: str | None = None  # at least this role of the own workspace
    person: bool = False  # anybody signed in
    system_admin: bool = False
    services: tuple[str, ...] = ()

    def allows(self, actor: Actor) -> bool:
        """Return whether that actor may call."""
        if actor.kind == "service":
            return actor.id in self.services
        if self.open:
            return True
        if actor.kind != "person":
            return False
        if actor.is_system_admin and (self.system_admin or self.person or self.role):
            return True
        if self.person:
            return True
        return self.role is not None and _rank(actor.role) >= _rank(self.role)

    def check(self, actor: Actor, method: str) -> None:
        """Raise `Unauthenticated` or `Forbidden` unless that actor may call `method`."""
        if self.allows(actor):
            return
        if actor.kind == "anyone":
            raise Unauthenticated("chassis.token_required", f"{method} needs an access token")
        raise Forbidden("chassis.not_allowed", f"{actor.kind} may not call {method}")


OPEN = Permission(open=True)
SIGNED_IN = Permission(person=True)
MEMBER = Permission(role="member")
ADMIN = Permission(role="admin")
OWNER = Permission(role="owner")
SYSTEM_ADMIN = Permission(system_admin=True)


def services(*names: str) -> Permission:
    """Return the permission of a method that only these services may call."""
    return Permission(services=names)


def _rank(role: str | None) -> int:
    return ROLES.index(role) if role in ROLES else -1
