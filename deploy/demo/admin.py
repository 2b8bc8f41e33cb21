"""The system admin of the story, who has an authenticator: its secret is noted."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from auth.gateways.authenticator import STEP_S, code_at
from chassis import ids
from chassis.errors import Unauthenticated, Unavailable
from demo.notes import Notes
from demo.people import Person, patiently
from demo.suite import Suite

T = TypeVar("T")
SECRET, STEP = "authenticator", "authenticator's last step"  # noted
SPARE = "recovery codes"  # that were not used yet


class Admin(Person):
    """A person whom a code is asked of too, once they have enrolled."""

    def __init__(self, suite: Suite, email: str, password: str, notes: Notes) -> None:
        """Say who it is; nothing is called yet."""
        super().__init__(suite, email, password)
        self.notes = notes

    def enrol(self) -> None:
        """Have a second factor, and show it; nothing is done where there is one."""
        if self.call("auth", "me")["totp_enabled"]:
            return
        self.notes.keep(SECRET, self.call("auth", "enable_totp")["secret"])
        self.notes.keep(SPARE, self._show("confirm_totp")["recovery_codes"] or [])
        self._show("reauthenticate", password=self.password)
        self._access = None  # the next one knows it

    def sign_in(self) -> None:
        """Start a session."""
        about = {"email": self.email, "password": self.password}

        def ask(**code: str) -> str:
            token: str = self.suite.call("auth", "sign_in", None, **about, **code)["session_token"]
            return token

        self._session = self._with_code(ask) if self.notes.has(SECRET) else patiently(ask)

    def _show(self, method: str, **asked: Any) -> Any:
        return self._with_code(lambda **code: self._call("auth", method, {**asked, **code}))

    def _with_code(self, attempt: Callable[..., T]) -> T:
        """Do what takes a code; with another one where that is none any more.

        Its time may be over, or the reply to it lost.
        """
        code = self._code()

        def ask() -> T:
            nonlocal code
            try:
                return attempt(code=code)
            except Unauthenticated as refusal:
                code = self._code()
                raise Unavailable("demo.code_spent", "another code is shown") from refusal

        return patiently(ask)

    def _code(self) -> str:
        """Return what the authenticator shows and has not shown before; else a recovery code."""
        now = int(ids.now().timestamp()) // STEP_S
        last = self.notes[STEP] if self.notes.has(STEP) else 0
        step = max(now, last + 1)
        if step > now + 1 and self.notes.has(SPARE) and self.notes[SPARE]:
            spare, *others = self.notes[SPARE]
            self.notes.keep(SPARE, others)
            return str(spare)
        self.notes.keep(STEP, step)
        early_s = (step - 1) * STEP_S - ids.now().timestamp()
        time.sleep(max(0.0, early_s))  # one step ahead is taken
        return code_at(self.notes[SECRET], datetime.fromtimestamp(step * STEP_S, UTC))
