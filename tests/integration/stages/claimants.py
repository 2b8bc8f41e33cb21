"""auth alone, and people who sign up with addresses, their own or not; time stands still."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import pytest
from argon2 import PasswordHasher

from auth.gateways import passwords
from chassis.errors import ServiceError
from chassis.jobs.jobs import Worker
from embedded.mailbox import mails, text, token
from integration.stages.deaf_services import Services
from servers.postgres import Server

PASSWORD, MOMENT = "only-for-tests", timedelta(milliseconds=1)


class Claimants:
    """What people ask of auth, who are signed in as nobody."""

    def __init__(self, services: Services) -> None:
        self.services = services
        parts = services.parts["auth"]
        self.app, self.worker = parts.app, Worker(parts.app, parts.kinds)

    def call(self, method: str, /, **arguments: Any) -> Any:
        return self.services.call("auth", method, None, **arguments)

    def sign_up(self, email: str, password: str = PASSWORD, name: str = "Kari", **more: Any) -> Any:
        return self.call("sign_up", name=name, email=email, password=password, **more)

    def verify(self, token: str, password: str = PASSWORD, **more: Any) -> Any:
        return self.call("verify_email", token=token, password=password, **more)

    def verified(self, email: str, password: str = PASSWORD) -> Any:
        """Let somebody have that address."""
        self.sign_up(email, password)
        return self.verify(self.links(email)[-1], password)

    def code(self, method: str, /, **arguments: Any) -> str:
        """Return the code that a call is refused with, or that it is not."""
        try:
            self.call(method, **arguments)
        except ServiceError as refusal:
            return refusal.code
        return "answered"

    def told(self, method: str, /, **arguments: Any) -> str:
        """Return all that a caller is told, but for ids and which request it was."""
        try:
            told = str(self.call(method, **arguments))
        except ServiceError as refusal:
            told = f"{type(refusal).__name__} {refusal.fields() | {'request_id': None}}"
        return re.sub("[0-9a-f]{8}-[0-9a-f-]{27}", "an id", told)

    def sign_in(self, email: str, password: str = PASSWORD) -> str:
        return self.code("sign_in", email=email, password=password)

    def mailed(self, email: str) -> list[str]:
        """Do the jobs that wait; return the subjects of what an address was mailed."""
        return [mail["Subject"] for mail in self._mails(email)]

    def links(self, email: str) -> list[str]:
        """Do the jobs that wait; return the tokens that an address was mailed, oldest first."""
        return [found for mail in self._mails(email) if (found := token(mail))]

    def codes(self, email: str) -> list[str]:
        """Do the jobs that wait; return the codes that an address was mailed, oldest first."""
        found = [re.search(r"^(\d{6})$", text(mail), re.M) for mail in self._mails(email)]
        return [each[1] for each in found if each]

    def texts(self, email: str, subject: str) -> list[str]:
        """Do the jobs that wait; return what an address was mailed under that subject."""
        found = [text(mail) for mail in self._mails(email) if mail["Subject"] == subject]
        return [each.replace("\u2060", "") for each in found]  # after the dots of what is no link

    def rows(self, query: str) -> list[Any]:
        return self.services.run("auth", query)

    def _mails(self, email: str) -> list[Any]:
        while self.worker.work():
            self.services.now += MOMENT  # mails are told apart, and ordered, by their time
        return mails(self.services.folder / "mail", email)


@contextmanager
def claimants(server: Server) -> Iterator[Claimants]:
    """Yield auth on a database of its own; its hashes are quick ones, as there are hundreds."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with ExitStack() as ending, pytest.MonkeyPatch.context() as patched:
        patched.setattr(passwords, "_HASHER", quick)
        folder = Path(ending.enter_context(TemporaryDirectory(prefix="ai-studio-")))
        yield Claimants(Services(server, folder, ending, ("auth",)))


@contextmanager
def hashes() -> Iterator[list[str]]:
    """Yield a list that grows with each hash that is computed."""
    made: list[str] = []

    class Counting(PasswordHasher):
        def hash(self, *given: Any, **more: Any) -> str:
            made.append("made")
            return super().hash(*given, **more)

        def verify(self, *given: Any, **more: Any) -> Any:
            made.append("compared")
            return super().verify(*given, **more)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(passwords, "_HASHER", Counting(time_cost=1, memory_cost=8, parallelism=1))
        yield made


def nobodys() -> str:
    """Return an address that nobody has signed up with."""
    return f"{uuid4().hex[:8]}@example.com"
