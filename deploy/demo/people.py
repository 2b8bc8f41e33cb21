"""People who use the suite through its public doors: they sign up, follow the link, sign in."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from chassis.errors import Rejected, ServiceError, Unauthenticated, Unavailable
from demo.suite import Suite
from embedded.mailbox import token

T = TypeVar("T")
PATIENCE_S = 120  # a process may have to start again, or a broker
PAUSE_S = 0.05


class Person:
    """Somebody with an account; access tokens are renewed as they run out."""

    def __init__(self, suite: Suite, email: str, password: str) -> None:
        """Say who it is; nothing is called yet."""
        self.suite, self.email, self.password = suite, email, password
        self._session: str | None = None
        self._access: str | None = None

    def sign_up(self, name: str, key: str) -> str:
        """Sign up (or have signed up before), follow the link in the mail; return the workspace.

        It takes the password too: the link alone says whose mailbox it is, not who signed up.
        """
        account = patiently(
            lambda: self.suite.call(
                "auth",
                "sign_up",
                None,
                name=name,
                email=self.email,
                password=self.password,
                idempotency_key=key,
            )
        )
        if not self.suite.mail(self.email):
            self.suite.settle()
        proof = {"token": token(self.suite.mail(self.email)[-1]), "password": self.password}
        with suppress(Rejected):  # followed before, and nothing is left of it
            verified = patiently(lambda: self.suite.call("auth", "verify_email", None, **proof))
            self._session = verified["session_token"]  # none where it was followed before
        if self._session is None:
            self.sign_in()
        workspace: str = account["workspace_id"]
        return workspace

    def sign_in(self) -> None:
        """Start a session."""
        self._session = self._secret(
            "session_token", "sign_in", email=self.email, password=self.password
        )

    def call(self, service: str, method: str, /, **arguments: Any) -> Any:
        """Call a method as this person, again while a repeat may help."""
        return patiently(lambda: self._call(service, method, arguments))

    def await_invoicing(self) -> None:
        """Wait until billing has heard that it may invoice this person's workspace."""

        def ask() -> None:
            if not self._call("billing", "can_use_invoice_billing", {})["eligible"]:
                raise Unavailable("demo.not_invoiced_yet", "billing has not heard of it")

        patiently(ask)

    def _call(self, service: str, method: str, arguments: dict[str, Any]) -> Any:
        if self._access is None:
            self._access = self._renewed()
        try:
            return self.suite.call(service, method, self._access, **arguments)
        except Unauthenticated:
            self._access = self._renewed()
            return self.suite.call(service, method, self._access, **arguments)

    def _renewed(self) -> str:
        if self._session is None:
            self.sign_in()
        return self._secret("access_token", "authenticate", session_token=self._session)

    def _secret(self, name: str, method: str, **arguments: Any) -> str:
        """Ask auth until it replies with a secret; a reply that was lost on its way is told once.

        Raises `Rejected` where a repeat is refused.
        """

        def ask() -> str:
            told: str | None = self.suite.call("auth", method, None, **arguments)[name]
            if told is None:
                raise Unavailable("demo.reply_lost", f"the first reply to {method} was lost")
            return told

        return patiently(ask)


def patiently(attempt: Callable[[], T]) -> T:
    """Return what an attempt does, again while a repeat may help."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return attempt()
        except ServiceError as error:
            if not error.retryable or time.monotonic() > deadline:
                raise
        time.sleep(PAUSE_S)
