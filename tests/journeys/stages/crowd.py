"""Many people at once, for tests that need more than the story has: signed up and signed in."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from auth.acts.sessions import start_session
from auth.app import SERVICE as AUTH
from auth.domain import user, user_messages, workspace, workspace_messages
from chassis import ids
from chassis.errors import ServiceError
from chassis.identity import service_actor
from chassis.personal import keep
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from contracts.auth.accounts import SessionStarted
from distributed.suite import Suite

FRESH_S = 120  # a token lives for 300 s: whoever is given one may use it for a while
PATIENCE_S = 60.0


@dataclass
class Member:
    """Somebody with an account and a session."""

    suite: Suite
    user_id: UUID
    workspace_id: UUID
    session: str
    _token: str | None = None
    _renewed_at: float = 0.0

    def token(self) -> str:
        """Return an access token that will not run out soon."""
        while self._token is None or time.monotonic() - self._renewed_at > FRESH_S:
            asked_at = time.monotonic()
            renewed = patiently(
                lambda: self.suite.call("auth", "authenticate", None, session_token=self.session)
            )
            # null where the call was delivered twice: a stored reply holds no secret
            self._token, self._renewed_at = renewed["access_token"], asked_at
        return self._token


def crowd(suite: Suite, count: int) -> Sequence[Member]:
    """Return so many new people, known to every service.

    Written straight to auth's store: signing up is made to be slow.
    """
    app = App(service=AUTH, engine=suite.engines["auth"])
    members = [_member(suite, app, number) for number in range(count)]
    suite.settle()
    return members


def patiently(call: Callable[[], Any]) -> Any:
    """Call again while that may help: for what is prepared, not for what is tried."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return call()
        except ServiceError as error:
            if not error.retryable or time.monotonic() > deadline:
                raise


def _member(suite: Suite, app: App, number: int) -> Member:
    user_id, workspace_id = ids.fresh(), ids.fresh()

    def work(unit: Unit) -> SessionStarted:
        email = f"person-{number}@crowd.example"
        unit.execute(keep(user_id, user_id, {"name": f"Person {number}", "email": email}))
        slug = {"name": f"Workspace {number}", "slug": f"crowd-{number}"}
        unit.execute(keep(workspace_id, user_id, slug))
        opened = workspace_messages.OpenWorkspace(workspace_id=workspace_id, owner_user_id=user_id)
        unit.decide(workspace.decider, workspace_id, opened)
        unit.decide(user.decider, user_id, user_messages.SignUp(workspace_id=workspace_id))
        verified = unit.decide(user.decider, user_id, user_messages.VerifyEmail())
        return start_session(unit, verified, {})

    by = service_actor("auth")
    call = Call(id=ids.fresh(), at=app.clock(), actor=by, correlation_id=f"crowd-{number}")
    session = app.answer(call, work)["session_token"]
    return Member(suite=suite, user_id=user_id, workspace_id=workspace_id, session=session)
