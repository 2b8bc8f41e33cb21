"""auth and services that hear of it only when a test says so; the time is the test's too."""

from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg

from affiliate.service import AffiliateService
from auth import admins, claims
from auth.service import AuthService
from billing.service import BillingService
from chassis.database import migrations
from chassis.door import revocations
from chassis.door.edge import Caller
from chassis.door.tokens import TokenIssuer
from chassis.hearing.inbox import Consumer
from chassis.identity import Actor
from chassis.running.parts import Parts
from chassis.unit import feed
from embedded import assembly
from embedded.direct import DirectPort
from embedded.keys import SERVICES, keys
from media.service import MediaService
from servers.postgres import Server
from video.service import VideoService

FACADES: dict[str, type[Any]] = {
    "auth": AuthService,
    "billing": BillingService,
    "affiliate": AffiliateService,
    "media": MediaService,
    "video": VideoService,
}
HEARERS = ("billing", "affiliate")  # unless a test names more
PASSWORD = "only-for-tests"


class Services:
    """Some of the five, built as their processes build them, but without loops."""

    def __init__(
        self,
        server: Server,
        folder: Path,
        ending: ExitStack,
        names: Collection[str] = ("auth", *HEARERS),
    ) -> None:
        """What is made in `server` is gone when `ending` is closed; `names`: who is there."""
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)
        self.clock: Callable[[], datetime] = lambda: self.now
        self.server, self.folder, self.keys, self.ending = server, folder, keys(folder), ending
        self.owners = {name: self._database(name) for name in names}
        self.parts = {name: self.replica(name) for name in names}
        self.consumers = {name: self._consumer(name) for name in names if name != "auth"}
        self.admin = self.system_admin()

    def replica(self, name: str) -> Parts:
        """Return a service as one more process of it would be built."""
        urls = dict.fromkeys(SERVICES, "https://suite.example")
        variables = assembly.environment(name, self.folder, self.keys, urls)
        variables["DATABASE_URL"] = self.server.url(f"{name}_app", PASSWORD, f"revoking_{name}")

        def nobody(service: str) -> Any:
            raise AssertionError(f"{service} is asked")

        parts = assembly.build(name, variables, nobody, lambda: self.clock(), lambda: None)
        self.ending.callback(parts.close)
        return parts

    def call(
        self, service: str, method: str, token: str | None, /, parts: Parts | None = None, **of: Any
    ) -> Any:
        """Call as a person, by way of one replica."""
        door = (parts or self.parts[service]).door
        port = DirectPort(
            facade=FACADES[service], door=lambda: door, caller=Caller(auth_token=token)
        )
        return port.call(method, **of)

    @contextmanager
    def ticking(self) -> Iterator[None]:
        """Let the time go on by a microsecond a look, whichever thread looks."""
        started, looks = self.now, count(1)
        self.clock = lambda: started + next(looks) * timedelta(microseconds=1)
        try:
            yield
        finally:
            self.now = self.clock()
            self.clock = lambda: self.now

    def token(self, actor: Actor) -> str:
        """Return an access token of now, signed for whom no session of ours would speak."""
        return TokenIssuer("1", self.keys["signing_key"]).issue(actor, self.now)

    def system_admin(self) -> "Person":
        email = f"{uuid4().hex[:8]}@example.com"
        made = admins.create_system_admin(self.parts["auth"].app, email, PASSWORD)
        return Person(self, email, str(made["id"]))

    def somebody(self) -> "Person":
        """Return a person who has signed up, with a verified address."""
        email, token = f"{uuid4().hex[:8]}@example.com", uuid4().hex
        made = self.call("auth", "sign_up", None, name="Kari", email=email, password=PASSWORD)
        with self.parts["auth"].app.engine.begin() as connection:
            claim = claims.find(connection, UUID(made["user_id"]))
            assert claim is not None
            claims.keep_link(connection, claim, token, self.now, self.now + timedelta(hours=1))
        verified = self.call("auth", "verify_email", None, token=token, password=PASSWORD)
        return Person(self, email, verified["user_id"])

    def ban(self, person: "Person", reason: str = "fraud", **more: Any) -> Any:
        """Ban somebody, as the system admin."""
        token = self.admin.signed_in().access()
        return self.call("auth", "ban_user", token, user_id=person.user_id, reason=reason, **more)

    def hear(self, service: str) -> None:
        """Let a service hear all that auth has told, and be sure of it."""
        app = self.parts["auth"].app
        while feed.number(app.engine):
            pass
        self.consumers[service].pull(
            lambda after: app.query(lambda db: feed.read(db, "auth", after).reply())
        )
        self.looked(service, ago_s=0)

    def looked(self, service: str, ago_s: int | None) -> None:
        """Set when the service last knew its view of revocations to be whole; None: never."""
        age = "null" if ago_s is None else f"now() - {ago_s} * interval '1 second'"
        self.run(
            service,
            f"update cursors set checked_at = {age} where consumer = '{service}.revocations'",
        )

    def run(self, service: str, statement: str) -> list[Any]:
        with psycopg.connect(self.owners[service], autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def _database(self, service: str) -> str:
        name = f"revoking_{service}"
        admin = self.ending.enter_context(psycopg.connect(self.server.admin_url, autocommit=True))
        for role in (name, f"{service}_app"):
            admin.execute(f"create role {role} login password '{PASSWORD}'".encode())
            self.ending.callback(admin.execute, f"drop role {role}".encode())
        admin.execute(f"create database {name} owner {name}".encode())
        self.ending.callback(admin.execute, f"drop database {name} with (force)".encode())
        owner_url = self.server.url(name, PASSWORD, name)
        migrations.upgrade(service, owner_url)
        return owner_url

    def _consumer(self, service: str) -> Consumer:
        parts, name = self.parts[service], revocations.consumer_name(service)
        return Consumer(parts.app, revocations.SOURCE, parts.revocations, name=name)


class Person:
    """Somebody with an account."""

    def __init__(self, services: Services, email: str, user_id: str) -> None:
        self.services, self.email, self.user_id = services, email, user_id

    def signed_in(self) -> "Browser":
        """Return a browser in which this person has signed in just now."""
        started = self.services.call("auth", "sign_in", None, email=self.email, password=PASSWORD)
        return Browser(self.services, started["session_id"], started["session_token"])


class Browser:
    """What holds a session."""

    def __init__(self, services: Services, session_id: str, session_token: str) -> None:
        self.services, self.session_id, self.session_token = services, session_id, session_token

    def access(self) -> str:
        """Return an access token of now."""
        renewed = self.services.call("auth", "authenticate", None, session_token=self.session_token)
        token: str = renewed["access_token"]
        return token
