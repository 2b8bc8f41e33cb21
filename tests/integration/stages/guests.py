"""auth alone, and people who invite each other into their workspaces; mails are read."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from chassis.errors import ServiceError
from integration.stages.claimants import MOMENT, PASSWORD, Claimants, claimants
from integration.stages.deaf_services import Browser, Person
from servers.postgres import Server

DEAD = "auth.invitation_invalid"


class Guests:
    """What people who are signed in ask of auth; each call is made with a token of its moment."""

    def __init__(self, auth: Claimants) -> None:
        self.auth, self.services = auth, auth.services
        self._browsers: dict[tuple[str, date], Browser] = {}

    def call(self, person: Person | None, method: str, /, **arguments: Any) -> Any:
        return self.services.call("auth", method, self.access(person), **arguments)

    def access(self, person: Person | None) -> str | None:
        """Return an access token of now."""
        if person is None:
            return None
        self.services.now += MOMENT  # later than what has just ended somebody's access
        today = person.user_id, self.services.now.date()  # a session does not last for ever
        if today not in self._browsers:
            self._browsers[today] = person.signed_in()
        return self._browsers[today].access()

    def code(self, person: Person | None, method: str, /, **arguments: Any) -> str:
        """Return the code that a call is refused with, or that it is not."""
        return self.refusal(person, method, **arguments)[0]

    def refusal(
        self, person: Person | None, method: str, /, **arguments: Any
    ) -> tuple[str, int | None]:
        """Return with it when to come back."""
        try:
            self.call(person, method, **arguments)
        except ServiceError as refusal:
            return refusal.code, refusal.retry_after_s
        return "answered", None

    def somebody(self) -> Person:
        return self.services.somebody()

    def invite(self, by: Person, email: str, role: str = "member", **more: Any) -> Any:
        key = uuid4().hex
        return self.call(by, "invite_member", idempotency_key=key, email=email, role=role, **more)

    def again(self, by: Person, invitation_id: str) -> Any:
        key = uuid4().hex
        return self.call(by, "resend_invitation", idempotency_key=key, invitation_id=invitation_id)

    def link(self, email: str) -> str:
        """Return the token that an address was mailed last."""
        return self.auth.links(email)[-1]

    def invited(self, by: Person, email: str, role: str = "member") -> str:
        """Return the token of an invitation that was mailed just now."""
        self.services.now += timedelta(hours=1)  # else an address is soon mailed too often
        self.invite(by, email, role)
        return self.link(email)

    def member(self, of: Person, role: str = "member") -> Person:
        """Return somebody whom that person has taken into their workspace."""
        person = self.somebody()
        self.call(person, "accept_invitation", token=self.invited(of, person.email, role))
        return person

    def signed_up(self, email: str, token: str, password: str = PASSWORD, **more: Any) -> Any:
        """Sign up by an invitation."""
        return self.auth.sign_up(email, password, invitation_token=token, **more)

    def me(self, person: Person) -> Any:
        return self.call(person, "me")

    def count(self, table: str, where: str) -> int:
        ((found,),) = self.auth.rows(f"select count(*) from {table} where {where}")
        return int(found)


@contextmanager
def guests(server: Server) -> Iterator[Guests]:
    """Yield auth on a database of its own."""
    with claimants(server) as auth:
        yield Guests(auth)
