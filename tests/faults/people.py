"""People who call the services by their typed clients, again and again until they are answered."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Event, RLock
from typing import Any
from uuid import UUID

from chassis.broker.rpc import Rpc
from chassis.domain import value
from chassis.errors import (
    Conflict,
    DeadlineExceeded,
    ServiceError,
    Unauthenticated,
    Unavailable,
)
from clients import Affiliate, Auth, Billing, Media
from clients.client import Client
from embedded.mailbox import mails, token
from faults.ledger import Called, Ledger
from faults.plan import name_of
from faults.suite import FaultySuite

CLIENTS: Mapping[str, type[Client]] = {
    "auth": Auth,
    "media": Media,
    "billing": Billing,
    "affiliate": Affiliate,
}
PASSWORD = "a long enough passphrase"
PATIENCE_S = 240.0  # of a whole seed: whoever is not answered by then hangs
PAUSE_S = 0.1
FRESH_S = 120.0  # a token lives for 300 s


@value
class Scene:
    """Where the people of one seed meet."""

    suite: FaultySuite
    rpc: Rpc
    ledger: Ledger
    seed: int
    until: float  # by the monotonic clock; nobody waits longer
    ended: Event  # nor when this is set

    def over(self) -> bool:
        """Return whether it is time to give up."""
        return self.ended.is_set() or time.monotonic() > self.until

    def wait(self, look: Callable[[], Any], what: str) -> Any:
        """Return what `look` returns once it is true. Raises `TimeoutError`."""
        while not (found := look()):
            if self.over():
                raise TimeoutError(f"waited in vain for {what}")
            time.sleep(PAUSE_S)
        return found


@dataclass
class Person:
    """Somebody with a name of their own in the seed, and an account once they have signed up."""

    scene: Scene
    name: str
    email: str
    session: str | None = None
    _token: str | None = None
    _renewed_at: float = -FRESH_S
    _sessions: int = 0
    _lock: RLock = field(default_factory=RLock)

    def do(self, service: str, method: str, what: str, /, **arguments: Any) -> Any:
        """Have a command done; `what` is its name, by which a repeat is known."""
        name = name_of(self.scene.seed, self.name, what)
        client = CLIENTS[service](_Port(self, service, name))
        return getattr(client, method)(**arguments, idempotency_key=name)

    def try_once(self, service: str, method: str, what: str, /, **arguments: Any) -> None:
        """Send a command without a key, as a careless client does, and never again."""
        name = name_of(self.scene.seed, self.name, what)
        port = _Port(self, service, name, patient=False)
        try:
            getattr(CLIENTS[service](port), method)(**arguments)
        except (Conflict, DeadlineExceeded, Unavailable, Unauthenticated):
            self.scene.ledger.note(Called(service=service, method=method, name=name))

    def ask(self, service: str, method: str, /, **arguments: Any) -> Any:
        """Return what a query replies."""
        client = CLIENTS[service](_Port(self, service, None))
        return getattr(client, method)(**arguments)

    def sign_up(self) -> UUID:
        """Sign up and follow the link in the mail; return the workspace."""
        account = self.do(
            "auth", "sign_up", "sign up", name=self.name, email=self.email, password=PASSWORD
        )
        folder = self.scene.suite.data_dir / "mail"
        sent = self.scene.wait(lambda: mails(folder, self.email), f"the mail to {self.email}")
        proof = {"token": token(sent[-1]), "password": PASSWORD}
        verified = self.do("auth", "verify_email", "verify", **proof)
        self.session = verified.session_token
        return UUID(str(account.workspace_id))

    def sign_in(self) -> None:
        """Start a session."""
        self._sessions += 1
        port = _Port(self, "auth", name_of(self.scene.seed, self.name, f"in {self._sessions}"))
        started = Auth(port).sign_in(
            email=self.email, password=PASSWORD, idempotency_key=port.name or ""
        )
        self.session = started.session_token

    def token(self) -> str | None:
        """Return an access token, which may be refused by now."""
        with self._lock:
            while time.monotonic() - self._renewed_at >= FRESH_S:
                while self.session is None:
                    self.sign_in()
                asked_at = time.monotonic()
                try:
                    access = Auth(_Port(self, "auth", None)).authenticate(
                        session_token=self.session
                    )
                except Unauthenticated:  # the answer to a sign-out was lost
                    self.session = None
                    continue
                self._token = access.access_token
                self._renewed_at = asked_at
            return self._token

    def forget_token(self) -> None:
        """Ask for another one next time."""
        self._renewed_at = -FRESH_S


def newcomer(scene: Scene, name: str) -> Person:
    """Return somebody who has no account yet."""
    return Person(scene, name, f"{name}-{scene.seed}@faults.example")


OPEN = ("sign_up", "verify_email", "sign_in", "authenticate")  # no token is needed


@dataclass
class _Port:
    """A port that repeats what may be repeated, and notes how commands are answered."""

    person: Person
    service: str
    name: str | None  # of a command
    patient: bool = True

    def call(self, method: str, /, **arguments: Any) -> Any:
        while True:
            try:
                reply = self._once(method, arguments)
            except ServiceError as error:
                if isinstance(error, Unauthenticated) and method not in OPEN:
                    self.person.forget_token()
                elif not error.retryable:
                    self._note(method, error=error.code)
                    raise
                if not self.patient:
                    raise
                if self.person.scene.over():
                    what = f"{self.service}.{method}"
                    raise TimeoutError(f"{what} is not answered: {error}") from error
            else:
                self._note(method, reply=reply)
                return reply
            time.sleep(PAUSE_S)

    def _once(self, method: str, arguments: Mapping[str, Any]) -> Any:
        token = None if method in OPEN else self.person.token()
        port = self.person.scene.rpc.port(self.service, auth_token=token, correlation_id=self.name)
        return port.call(method, **arguments)

    def _note(self, method: str, **answer: Any) -> None:
        if self.name is not None:
            called = Called(service=self.service, method=method, name=self.name, **answer)
            self.person.scene.ledger.note(called)
