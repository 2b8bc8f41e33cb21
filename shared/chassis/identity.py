"""Who acts, and who may call what."""

from dataclasses import field, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from chassis.domain import value
from chassis.errors import Forbidden, Unauthenticated

ROLES = ("member", "admin", "owner")  # each may what the one before it may
FRESH = timedelta(minutes=10)  # how long who has shown who they are need not show it again
_AS = " as "


@value
class Actor:
    """Who acts. A service acts on behalf of somebody, and belongs to no workspace.

    A listener is another team's service: it reads in a feed what it was given.
    """

    kind: Literal["person", "service", "listener", "anyone"]
    id: str
    workspace_id: UUID | None = None
    role: str | None = None
    is_system_admin: bool = False
    session_id: UUID | None = None
    impersonated_by: UUID | None = None  # the admin who acts as this person
    authenticated_at: datetime | None = None  # when they last showed who they are
    amr: tuple[str, ...] = ()  # … and by what: 'pwd', 'otp'
    issued_at: datetime | None = field(default=None, compare=False)  # of the token, not of who
    hears: frozenset[str] | None = None  # the types that a listener was given; else all

    def __str__(self) -> str:
        """Return the caller as ids, events and stored replies name it: `person:A as U` too."""
        if self.impersonated_by is not None:
            return f"{self.kind}:{self.impersonated_by}{_AS}{self.id}"
        return f"{self.kind}:{self.id}"

    @property
    def user_id(self) -> UUID:
        """The person's id."""
        return UUID(self.id)

    @property
    def impersonation(self) -> UUID | None:
        """The session in which an admin acts as this person; None for the person themselves."""
        return self.session_id if self.impersonated_by is not None else None

    def sees(self, workspace_id: UUID | None, person: UUID | None = None) -> bool:
        """Return whether what is that workspace's, or that person's own, exists for this actor."""
        if self.kind != "person" or self.is_system_admin:
            return True
        if person is not None and str(person) == self.id:
            return True
        return workspace_id is not None and workspace_id == self.workspace_id


ANYONE = Actor(kind="anyone", id="anonymous")


def service_actor(name: str) -> Actor:
    """Return the actor that reactions, jobs and schedules of that service act as."""
    return Actor(kind="service", id=name)


def acted_as(caller: str) -> str | None:
    """Return the id of whom an admin acts as, by the caller's text; None without an admin."""
    return caller.partition(_AS)[2] or None


def callers_of(user_id: UUID) -> tuple[str, ...]:
    """Return the patterns (of SQL's `like`) of callers that are this person, or act as them."""
    return (f"person:{user_id}", f"person:{user_id}{_AS}%", f"person:%{_AS}{user_id}")


def behind(actor: str | None, on_behalf_of: str | None) -> str | None:
    """Return on whose behalf a service goes on with what these have begun; None for nobody's."""
    if on_behalf_of is not None or actor is None or actor.startswith("service:"):
        return on_behalf_of
    return actor


@value
class Permission:
    """Who may call one method."""

    open: bool = False  # no token needed
    role: str | None = None  # at least this role of the own workspace
    person: bool = False  # anybody signed in
    system_admin: bool = False
    services: tuple[str, ...] = ()
    listeners: bool = False  # other teams' services, as far as each was given something to hear
    fresh: bool = False  # people: only within `FRESH` of showing who they are
    in_person: bool = False  # people: nobody acting as somebody else
    insiders: bool = False  # people: system admins count for what they are in their own workspace

    def allows(self, actor: Actor) -> bool:
        """Return whether that actor may call."""
        if actor.kind == "service":
            return actor.id in self.services
        if actor.kind == "listener":
            return self.listeners
        if self.open:
            return True
        if actor.kind != "person":
            return False
        by_all_admins = self.system_admin or self.person or (self.role and not self.insiders)
        if actor.is_system_admin and by_all_admins:
            return True
        if self.person:
            return True
        return self.role is not None and _rank(actor.role) >= _rank(self.role)

    def check(self, actor: Actor, method: str, at: datetime) -> None:
        """Raise `Unauthenticated` or `Forbidden` unless that actor may call `method` at that time.

        A person with the right role may be `Forbidden` it as well: `auth.not_while_impersonating`,
        `auth.reauthentication_required`; a system admin `auth.impersonation_required`.
        """
        if not self.allows(actor):
            if actor.kind == "anyone":
                raise Unauthenticated("chassis.token_required", f"{method} needs an access token")
            if actor.is_system_admin and self.insiders:
                raise Forbidden("auth.impersonation_required", f"{method} is done as one of theirs")
            raise Forbidden("chassis.not_allowed", f"{actor.kind} may not call {method}")
        if actor.kind in ("service", "listener"):
            return
        if self.in_person and actor.impersonated_by is not None:
            raise Forbidden("auth.not_while_impersonating", f"{method} is done in person")
        since = actor.authenticated_at
        if self.fresh and (since is None or at - since > FRESH):
            raise Forbidden("auth.reauthentication_required", f"{method} asks who you are, again")


OPEN = Permission(open=True)
SIGNED_IN = Permission(person=True)
MEMBER = Permission(role="member")
ADMIN = Permission(role="admin")
OWNER = Permission(role="owner")
SYSTEM_ADMIN = Permission(system_admin=True)


def services(*names: str) -> Permission:
    """Return the permission of a method that only these services may call."""
    return Permission(services=names)


def with_listeners(permission: Permission) -> Permission:
    """Return the permission for other teams' services too, which read what they were given."""
    return replace(permission, listeners=True)


def fresh(permission: Permission) -> Permission:
    """Return the permission for people who have shown who they are at most 10 minutes ago."""
    return replace(permission, fresh=True)


def in_person(permission: Permission) -> Permission:
    """Return the permission without those who act as somebody else."""
    return replace(permission, in_person=True)


def insiders(permission: Permission) -> Permission:
    """Return the permission for a workspace's own people: system admins look, and do not act."""
    return replace(permission, insiders=True)


def _rank(role: str | None) -> int:
    return ROLES.index(role) if role in ROLES else -1
