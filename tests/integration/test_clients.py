"""People through the typed clients: tokens renewed in time, over RabbitMQ as well."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from chassis import deadline, ids
from chassis.broker.rpc import Rpc
from chassis.errors import DeadlineExceeded, Forbidden, Unauthenticated, Unavailable
from chassis.port import Port
from clients import Affiliate, Auth, Billing, Media, SignedIn, Video
from contracts.auth.events import MemberRemoved
from embedded import mailbox
from embedded.suite import Suite
from integration import test_nameko_edge as edge
from integration.stages.box_database import call
from integration.stages.suite_ports import SuitePorts

PATIENCE_S = 60.0
PASSWORD = "correct horse battery"
LIFETIME = timedelta(minutes=5)  # of an access token

auth_or_none, auth = edge.auth_or_none, edge.auth  # fixtures: auth in a process of its own


@dataclass
class Clock:
    """The time, moved ahead."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return ids.now() + self.ahead


@pytest.fixture(scope="module")
def services_clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def suite(run_folder: Path, services_clock: Clock) -> Iterator[Suite]:
    with Suite(run_folder / "clients", clock=services_clock, durable=False) as running:
        yield running


@pytest.fixture
def ports(suite: Suite) -> SuitePorts:
    return SuitePorts(suite)


@pytest.fixture
def session_token(suite: Suite, services_clock: Clock) -> str:
    """Return the session token of somebody new."""
    services_clock.ahead = timedelta()
    auth, address = Auth(SuitePorts(suite).port("auth")), f"{uuid4().hex[:8]}@example.com"
    auth.sign_up(name="Kari", email=address, password=PASSWORD)
    suite.settle()
    mailed = mailbox.token(suite.mail(address)[-1])
    token = auth.verify_email(token=mailed, password=PASSWORD).session_token
    assert token
    return token


def test_one_access_token_serves_many_calls(ports: SuitePorts, session_token: str) -> None:
    person = SignedIn(ports, session_token)
    auth = Auth(person.port("auth"))

    assert auth.me().workspace_id == auth.get_workspace().id
    assert Media(person.port("media")).list_projects().items == ()
    assert ports.called.count("auth.authenticate") == 1


def test_a_token_is_renewed_before_it_runs_out(ports: SuitePorts, session_token: str) -> None:
    clock = Clock()
    person = SignedIn(ports, session_token, clock)
    first = person.access_token()

    clock.ahead = LIFETIME - timedelta(seconds=60)
    assert person.access_token() == first
    clock.ahead = LIFETIME - timedelta(seconds=29)
    Auth(person.port("auth")).me()

    assert ports.called == ["auth.authenticate", "auth.authenticate", "auth.me"]


def test_a_token_that_a_service_holds_expired_is_renewed_once_and_the_call_repeated(
    ports: SuitePorts, session_token: str, services_clock: Clock
) -> None:
    auth = Auth(SignedIn(ports, session_token).port("auth"))
    auth.me()
    ports.called.clear()
    services_clock.ahead = timedelta(minutes=10)  # ours is slow by that

    assert auth.me().role == "owner"
    assert ports.called == ["auth.me", "auth.authenticate", "auth.me"]


def test_a_session_that_has_ended_is_not_renewed(
    ports: SuitePorts, session_token: str, services_clock: Clock
) -> None:
    auth = Auth(SignedIn(ports, session_token).port("auth"))
    auth.sign_out()
    ports.called.clear()

    with pytest.raises(Unauthenticated) as refusal:
        auth.me()

    assert refusal.value.code == "auth.session_unknown"
    assert ports.called == ["auth.me", "auth.authenticate"]


def test_who_shows_again_who_they_are_does_with_the_same_client_what_asks_for_it(
    ports: SuitePorts, session_token: str, services_clock: Clock
) -> None:
    person = SignedIn(ports, session_token)
    auth = Auth(person.port("auth"))
    services_clock.ahead = timedelta(minutes=11)
    with pytest.raises(Forbidden, match="again"):
        auth.enable_totp()
    with pytest.raises(Unauthenticated):
        person.reauthenticate("another one")
    person.reauthenticate(PASSWORD)
    assert auth.enable_totp().secret
    services_clock.ahead += LIFETIME  # the renewed token knows it as well
    assert auth.enable_totp().secret


QUESTIONS: dict[str, Callable[[SignedIn], object]] = {
    "auth.me": lambda person: Auth(person.port("auth")).me(),
    "media.list_projects": lambda person: Media(person.port("media")).list_projects(),
    "video.list_videos": lambda person: Video(person.port("video")).list_videos(),
    "billing.get_pricing": lambda person: Billing(person.port("billing")).get_pricing(),
    "affiliate.list_earnings": lambda person: Affiliate(person.port("affiliate")).list_earnings(),
}


def revoke(suite: Suite, question: str, person: SignedIn, ahead: timedelta = timedelta()) -> None:
    """Have the service that is asked refuse a person's tokens until now; the session lives on."""
    app, user_id = suite.parts[question.partition(".")[0]].app, Auth(person.port("auth")).me().id
    at = app.clock() + ahead
    gone = MemberRemoved(workspace_id=uuid4(), user_id=user_id)
    app.attempt(call(at=at), lambda unit: unit.revocations.add("user", gone, at))


@pytest.mark.parametrize("question", QUESTIONS)
def test_who_holds_a_revoked_token_goes_on_after_one_renewal(
    suite: Suite, ports: SuitePorts, session_token: str, question: str
) -> None:
    person, ask = SignedIn(ports, session_token), QUESTIONS[question]
    revoke(suite, question, person)
    ports.called.clear()

    assert ask(person)
    assert ports.called == [question, "auth.authenticate", question]


def test_who_is_refused_with_the_new_token_too_is_told(
    suite: Suite, ports: SuitePorts, session_token: str
) -> None:
    question, person = "media.list_projects", SignedIn(ports, session_token)
    revoke(suite, question, person, ahead=timedelta(hours=1))
    ports.called.clear()

    with pytest.raises(Unauthenticated) as refusal:
        QUESTIONS[question](person)

    assert refusal.value.code == "chassis.token_revoked"
    assert ports.called == [question, "auth.authenticate", question]


@dataclass
class Gated:
    """Ports to auth that answer `authenticate` when they are let, or not at all."""

    ports: SuitePorts
    asked: threading.Event = field(default_factory=threading.Event)
    let: threading.Event = field(default_factory=threading.Event)
    away: bool = False

    def port(
        self, service: str, *, auth_token: str | None = None, timeout_s: float | None = None
    ) -> Port:
        port = self.ports.port(service, auth_token=auth_token)
        return GatedPort(self, port)


@dataclass
class GatedPort:
    gate: Gated
    behind: Port

    def call(self, method: str, /, **arguments: Any) -> Any:
        if method == "authenticate":
            self.gate.asked.set()
            if not self.gate.let.wait(timeout=min(PATIENCE_S, deadline.remaining() or PATIENCE_S)):
                raise DeadlineExceeded("chassis.no_reply")
            if self.gate.away:
                raise Unavailable("chassis.service_unavailable")
        return self.behind.call(method, **arguments)


def test_threads_share_one_renewal(ports: SuitePorts, session_token: str) -> None:
    gate = Gated(ports)
    person = SignedIn(gate, session_token)
    with ThreadPoolExecutor(8) as threads:
        waiting = [threads.submit(person.access_token) for _ in range(8)]
        assert gate.asked.wait(timeout=PATIENCE_S)
        gate.let.set()
        tokens = {each.result(timeout=PATIENCE_S) for each in waiting}

    assert len(tokens) == 1
    assert ports.called == ["auth.authenticate"]


def test_nobody_waits_for_another_s_renewal_beyond_their_deadline(
    ports: SuitePorts, session_token: str
) -> None:
    gate = Gated(ports)
    person = SignedIn(gate, session_token)
    with ThreadPoolExecutor(1) as threads:
        renewing = threads.submit(person.access_token)
        assert gate.asked.wait(timeout=PATIENCE_S)
        began = time.monotonic()
        with pytest.raises(DeadlineExceeded) as refusal, deadline.within(0.2):
            person.access_token()
        assert time.monotonic() - began >= 0.2
        assert not renewing.done()
        gate.let.set()
        renewing.result(timeout=PATIENCE_S)

    assert refusal.value.code == "clients.renewal_awaited"


def test_while_auth_is_away_a_token_serves_until_its_end(
    ports: SuitePorts, session_token: str
) -> None:
    clock, gate = Clock(), Gated(ports)
    gate.let.set()
    person = SignedIn(gate, session_token, clock)
    first = person.access_token()
    gate.away = True

    clock.ahead = LIFETIME - timedelta(seconds=10)
    assert person.access_token() == first
    clock.ahead = LIFETIME + timedelta(seconds=1)
    with pytest.raises(Unavailable):
        person.access_token()


def test_while_auth_says_nothing_a_token_serves_in_time_for_the_call(
    ports: SuitePorts, session_token: str
) -> None:
    clock, gate = Clock(), Gated(ports)
    gate.let.set()
    person = SignedIn(gate, session_token, clock)
    first = person.access_token()
    gate.let.clear()

    clock.ahead = LIFETIME - timedelta(seconds=10)
    with deadline.within(6.0):
        assert person.access_token() == first
        assert deadline.remaining()


@pytest.fixture
def rpc(auth: edge.Auth) -> Iterator[Rpc]:
    """A caller in nobody's name: what it may, an access token says."""
    caller = Rpc(auth.uri)
    yield caller
    caller.close()


def test_a_person_signs_up_and_acts_over_rabbitmq(auth: edge.Auth, rpc: Rpc) -> None:
    anybody, address = Auth(rpc.port("auth")), f"{uuid4().hex[:8]}@example.com"
    account = anybody.sign_up(name="Kari", email=address, password=PASSWORD)
    verified = anybody.verify_email(token=auth.mailed_token(address), password=PASSWORD)
    assert verified.session_token
    person = Auth(SignedIn(rpc, verified.session_token).port("auth"))

    changed = person.update_workspace(legal_name="Eksempel AS", idempotency_key="the name")
    repeated = person.update_workspace(legal_name="Eksempel AS", idempotency_key="the name")

    assert person.me().id == verified.user_id
    assert person.get_workspace().legal_name == "Eksempel AS"
    assert changed == repeated and changed.id == account.workspace_id
    with pytest.raises(Unauthenticated):
        anybody.me()


def test_a_call_over_rabbitmq_ends_within_the_time_its_client_has(
    auth: edge.Auth, rpc: Rpc
) -> None:
    anybody = Auth(rpc.port("auth", timeout_s=2 * PATIENCE_S))
    anybody.public_keys()
    with psycopg.connect(auth.admin_url) as locked:
        locked.execute("lock table account")
        began = time.monotonic()
        with pytest.raises(DeadlineExceeded):
            anybody.within(0.5).sign_in(email="kari@example.com", password=PASSWORD)
        waited = time.monotonic() - began
        locked.rollback()

    assert 0.5 <= waited < PATIENCE_S
    assert anybody.public_keys().keys  # a late reply is not taken for this one's
