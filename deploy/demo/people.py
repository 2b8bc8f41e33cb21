"""People who use the suite through its public doors: they sign up, follow the link, sign in."""

import re
import time
from typing import Any

from chassis.errors import Rejected, ServiceError, Unauthenticated
from demo.suite import Suite

PATIENCE_S = 30
PAUSE_S = 0.05


class Person:
    """Somebody with an account; access tokens are renewed as they run out."""

    def __init__(self, suite: Suite, email: str, password: str) -> None:
        """Say who it is; nothing is called yet."""
        self.suite, self.email, self.password = suite, email, password
        self._session: str | None = None
        self._access: str | None = None

    def sign_up(self, name: str, key: str) -> str:
        """Sign up (or have signed up before), follow the link in the mail; return the workspace."""
        account = self.suite.call(
            "auth",
            "sign_up",
            None,
            name=name,
            email=self.email,
            password=self.password,
            idempotency_key=key,
        )
        if not self.suite.mail(self.email):
            self.suite.settle()
        link = re.search(r"token=(\S+)", self.suite.mail(self.email)[-1].get_content())
        try:
            token = link[1] if link else ""
            verified = self.suite.call("auth", "verify_email", None, token=token)
            self._session = verified["session_token"]
        except Rejected:  # followed before
            self.sign_in()
        workspace: str = account["workspace_id"]
        return workspace

    def sign_in(self) -> None:
        """Start a session."""
        self._session = self.suite.call(
            "auth", "sign_in", None, email=self.email, password=self.password
        )["session_token"]

    def call(self, service: str, method: str, /, **arguments: Any) -> Any:
        """Call a method as this person, again while a repeat may help.

        A service that has not heard of the workspace yet says so, and that it is worth a retry.
        """
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                return self._call(service, method, arguments)
            except ServiceError as error:
                if not error.retryable or time.monotonic() > deadline:
                    raise
            time.sleep(PAUSE_S)

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
        renewed = self.suite.call("auth", "authenticate", None, session_token=self._session)
        token: str = renewed["access_token"]
        return token
