"""Workspaces and their people, of an auth whose time is the test's."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import create_engine, make_url, text

from auth import kept, verifications
from auth.acts import moving
from auth.acts.sessions import start_session
from auth.domain import user, user_messages, workspace, workspace_messages
from auth.invariants import INVARIANTS
from auth.projections import users, workspaces
from chassis.errors import ServiceError
from chassis.identity import service_actor
from chassis.personal import keep
from chassis.unit import feed, rebuilding
from chassis.unit.deciding import Unit
from integration.stages.box_database import call
from integration.stages.deaf_services import PASSWORD, Browser, Person, Services

ANSWERED = "answered"
MICROSECOND = timedelta(microseconds=1)
T = TypeVar("T")


class Member:
    """Somebody, and the browser that they are signed in with."""

    def __init__(self, services: Services, id: str, email: str, browser: Browser) -> None:
        self.services, self.id, self.email, self.browser = services, id, email, browser

    def asks(self, method: str, **of: Any) -> Any:
        """Call with a token of a moment later than all that has happened."""
        self.services.now += MICROSECOND
        return self.services.call("auth", method, self.browser.access(), **of)

    def code(self, method: str, **of: Any) -> str:
        """Return with which code a call is refused, or that it is answered."""
        return code(partial(self.asks, method, **of))

    @property
    def standing(self) -> tuple[str | None, str]:
        """The workspace that they are in, and as what."""
        row = self.asks("me")
        return row["workspace_id"], row["role"]

    @property
    def workspace_id(self) -> str:
        """The workspace that they are in."""
        workspace_id = self.standing[0]
        assert workspace_id is not None
        return workspace_id


class Tenants:
    """Workspaces with as many people as a test wants."""

    def __init__(self, services: Services) -> None:
        self.services = services
        admin = services.admin
        self.admin = Member(services, admin.user_id, admin.email, admin.signed_in())

    def founder(self) -> Member:
        """Return the owner of a workspace of their own, without the work that a password is."""
        user_id, workspace_id = uuid4(), uuid4()
        email = f"{user_id.hex[:8]}@example.com"

        def work(unit: Unit) -> tuple[str, str]:
            unit.execute(keep(workspace_id, workspace_id, {"name": "Kari's", "slug": email}))
            theirs = workspace_messages.OpenWorkspace(
                workspace_id=workspace_id, owner_user_id=user_id
            )
            unit.decide(workspace.decider, workspace_id, theirs)
            texts = {"name": "Kari", "email": email, "email_folded": email}
            unit.execute(keep(user_id, user_id, texts))
            signed_up = user_messages.SignUp(workspace_id=workspace_id)
            unit.decide(user.decider, user_id, signed_up)
            person = unit.decide(user.decider, user_id, user_messages.VerifyEmail())
            started = start_session(unit, person, {})
            return str(started.session_id), str(started.session_token)

        browser = Browser(self.services, *self._attempt(work))
        return Member(self.services, str(user_id), email, browser)

    def joins(self, founder: Member, role: str, member: Member | None = None) -> Member:
        """Return a member of a founder's workspace, who was invited by them to be that."""
        joining = member or self.founder()
        self.join(joining, founder, role)
        return joining

    def join(self, joining: Member, founder: Member, role: str, into: str | None = None) -> None:
        """Take somebody into a founder's workspace, as an invitation does.

        `into`: which, where it is a race: who asks the founder meanwhile is told of another.
        """
        workspace_id = UUID(into or founder.workspace_id)

        def work(unit: Unit) -> None:
            moving.join(unit, UUID(joining.id), workspace_id, role, UUID(founder.id))

        self._attempt(work)

    def invites(self, host: Member, guest: Member, role: str = "member") -> str:
        """Let somebody be invited and accept; return with which code they are answered."""
        key = {"idempotency_key": uuid4().hex}
        offered = host.asks("invite_member", email=guest.email, role=role, **key)
        return guest.code("accept_invitation", invitation_id=offered["id"])

    def moves(self, member: Member, email: str) -> None:
        """Let somebody have another address, whose link they have followed."""
        member.asks("change_email", email=email)
        token, at = uuid4().hex, self.services.now
        kept_until = at + timedelta(hours=1)
        with self.services.parts["auth"].app.engine.begin() as connection:
            hashed = kept.digest(token)
            link = ("change_email", UUID(member.id), email, hashed, at, kept_until)
            connection.execute(verifications.keep(*link))
        self.services.call("auth", "verify_email", None, token=token, password=PASSWORD)
        member.email = email
        member.browser = Person(self.services, email, member.id).signed_in()

    def used(self, workspace_id: str) -> None:
        """Let somebody have begun to work in a workspace."""
        used = workspace_messages.NoteUsed()
        self._attempt(lambda unit: unit.decide(workspace.decider, UUID(workspace_id), used))

    def _attempt(self, work: Callable[[Unit], T]) -> T:
        self.services.now += MICROSECOND
        by = call(service_actor("auth"), at=self.services.now)
        return self.services.parts["auth"].app.attempt(by, work)

    def broken(self) -> dict[str, list[Any]]:
        """Return the invariants that do not hold, with what breaks them."""
        found = {each.name: self.services.run("auth", each.query) for each in INVARIANTS}
        return {name: rows for name, rows in found.items() if rows}

    def rows(self) -> tuple[list[Any], list[Any]]:
        """Return the rows of all people and workspaces as they are, and as a rebuild shows them."""
        app = self.services.parts["auth"].app
        while feed.number(app.engine):
            pass
        url = make_url(self.services.owners["auth"]).set(drivername="postgresql+psycopg")
        engine = create_engine(url)
        with engine.begin() as connection:
            rebuilding.fill(connection, app.codec, [users.projection, workspaces.projection])
            live, rebuilt = (
                [
                    row
                    for table in ('"user"', "workspace")
                    for row in connection.execute(text(f"select * from {of}{table} order by id"))
                ]
                for of in ("", "rebuilt.")
            )
            connection.execute(text("drop schema rebuilt cascade"))
        engine.dispose()
        return live, rebuilt


def code(asked: Callable[[], Any]) -> str:
    """Return with which code a call is refused, or that it is answered."""
    try:
        asked()
    except ServiceError as refusal:
        return refusal.code
    return ANSWERED
