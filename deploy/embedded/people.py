"""People who use the suite through its public doors: they sign up, follow the link, sign in."""

import re
from typing import Any

from chassis.errors import Rejected, Unauthenticated
from embedded.suite import Suite


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
        self.suite.settle()
        try:
            self.sign_in()
        except Rejected:  # not verified yet
            self.suite.settle()
            newest = self.suite.mail(self.email)[-1].get_content()
            link = re.search(r"token=(\S+)", newest)
            token = link[1] if link else ""
            verified = self.suite.call("auth", "verify_email", None, token=token)
            self._session = verified["session_token"]
        workspace: str = account["workspace_id"]
        return workspace

    def sign_in(self) -> None:
        """Start a session."""
        self._session = self.suite.call(
            "auth", "sign_in", None, email=self.email, password=self.password
        )["session_token"]

    def call(self, service: str, method: str, /, **arguments: Any) -> Any:
        """Call a method as this person."""
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
