"""`suitectl keys rotate` while ten processes are called: no call fails, old keys are no good."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager, redirect_stdout
from datetime import datetime, timedelta
from functools import partial
from io import StringIO
from pathlib import Path

import pyotp
import pytest

from auth.domain.lifetimes import EMAIL_CODE
from auth.secret_keys import fingerprint
from chassis import ids
from chassis.broker.rpc import Rpc
from chassis.door.tokens import TokenIssuer
from chassis.errors import Unauthenticated
from chassis.identity import Actor
from clients import Affiliate, Auth, Billing, Media, SignedIn, Video
from contracts import SERVICES
from demo.people import Person
from distributed.servers import GATEWAY
from distributed.suite import ROLES, Suite
from journeys.stages.crowd import crowd, patiently
from journeys.stages.distributed_suite import running_or_none
from servers.postgres import Server
from servers.rabbit import Broker
from suitectl import keys
from suitectl.__main__ import main
from suitectl.rotation import TOKENS_LIVE
from suitectl.whole_file import write_whole
from waiting import until

pytestmark = pytest.mark.long

A_SECOND, AT_ONCE, PEOPLE = 30, 30, 10
TIMEOUT_S = 20.0  # of a call: the one process that could answer it starts again
PASSWORD = "a long enough passphrase"
QUERIES = {
    "auth": "me",
    "media": "list_projects",
    "video": "list_videos",
    "billing": "get_pricing",
    "affiliate": "list_earnings",
}


@pytest.fixture(scope="module")
def suite(
    postgres_server: Server, broker_or_none: Broker | None, run_folder: Path
) -> Iterator[Suite | None]:
    with running_or_none(postgres_server, broker_or_none, run_folder / "rotated") as suite:
        yield suite


@pytest.fixture(scope="module")
def people(suite: Suite | None) -> Iterator[Sequence[SignedIn]]:
    """Some whom each of the services knows, as a website's backend holds their sessions."""
    if suite is None:
        yield ()
        return
    with closing(Rpc(suite.servers.broker_url(GATEWAY), lines=AT_ONCE)) as rpc:
        yield [SignedIn(rpc, each.session) for each in crowd(suite, PEOPLE)]


class Calls:
    """Thirty calls a second of five services; each again as its refusal allows."""

    def __init__(self, people: Sequence[SignedIn]) -> None:
        self.people, self.made = people, list[Future[None]]()
        self._over = threading.Event()

    def keep_on(self) -> None:
        """Call, however long an answer takes, until it is over."""
        next_at = time.monotonic()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            while not self._over.wait(max(0.0, next_at - time.monotonic())):
                self.made.append(pool.submit(self._call, len(self.made)))
                next_at += 1 / A_SECOND

    def _call(self, number: int) -> None:
        person, service = self.people[number % PEOPLE], SERVICES[number // PEOPLE % len(SERVICES)]
        port = person.port(service, timeout_s=TIMEOUT_S)
        asked: dict[str, Callable[[], object]] = {
            "auth": Auth(port).me,
            "media": Media(port).list_projects,
            "video": Video(port).list_videos,
            "billing": Billing(port).get_pricing,
            "affiliate": Affiliate(port).list_earnings,
        }
        patiently(asked[service])

    def stop(self) -> None:
        self._over.set()


@contextmanager
def called(people: Sequence[SignedIn]) -> Iterator[None]:
    """Let them call meanwhile; afterwards no call has failed."""
    calls, started = Calls(people), time.monotonic()
    with ThreadPoolExecutor(1) as caller:
        calling = caller.submit(calls.keep_on)
        try:
            yield
        finally:
            calls.stop()
        calling.result()
    failed = [str(refusal) for each in calls.made if (refusal := each.exception())]
    took_s = time.monotonic() - started
    print(f"{len(calls.made)} calls in {took_s:.0f} s, {len(failed)} failed")
    assert failed == []
    assert len(calls.made) > 10 * A_SECOND


class Enrolled:
    """Somebody with an authenticator."""

    def __init__(self, suite: Suite, name: str) -> None:
        self.suite, self.email = suite, f"{name}@rotated.example"
        person = Person(suite, self.email, PASSWORD)
        person.sign_up(name, f"sign up {name}")
        self.totp = pyotp.TOTP(person.call("auth", "enable_totp")["secret"])
        self.shown = 0
        person.call("auth", "confirm_totp", code=self.code())

    def code(self) -> str:
        """Return a code that was not shown yet."""
        until(lambda: self._step() > self.shown, what="another code")
        self.shown = self._step()
        return self.totp.at(self.shown * self.totp.interval)

    def _step(self) -> int:
        return int(ids.now().timestamp()) // self.totp.interval

    def sign_in(self) -> None:
        given = {"email": self.email, "password": PASSWORD, "code": self.code()}
        assert self.suite.call("auth", "sign_in", None, **given)["session_token"]


def rotate(suite: Suite, what: str) -> int:
    """Take the next step as an operator does; return the exit code."""
    with redirect_stdout(StringIO()):
        code = main(["keys", "rotate", what, str(suite.data_dir / "inventory.toml")])
    suite.told_anew()
    return code


def start_again(suite: Suite, *services: str) -> None:
    """Start both processes of these services again, one after the other."""
    for service in services:
        for process in (each for role in ROLES for each in suite.of(service, role)):
            assert process.stop() == 0
            process.start()
            process.wait_ready()


def as_if_begun_before(suite: Suite, since: str, lasts: timedelta) -> None:
    """Let a step of rotating have been taken so long ago."""
    path = Path(suite.servers.inventory.secrets)
    held = keys.read(path)
    held[since] = (datetime.fromisoformat(held[since]) - lasts).isoformat()
    write_whole(path, json.dumps(held))


def test_the_key_that_signs(suite: Suite, broker: Broker, people: Sequence[SignedIn]) -> None:
    signer = Enrolled(suite, "signing")
    old = TokenIssuer("1", suite.servers.keys["signing_key"])
    with called(people):
        assert rotate(suite, "signing") == 0
        start_again(suite, *SERVICES)
        assert rotate(suite, "signing") == 0
        start_again(suite, "auth")
        assert rotate(suite, "signing") != 0  # its tokens live
        as_if_begun_before(suite, "signing_since", TOKENS_LIVE)
        assert rotate(suite, "signing") == 0  # who holds one still is refused it, and draws another
        start_again(suite, *SERVICES)
    signer.sign_in()
    assert list(suite.servers.keys["public_keys"]) == ["2"]
    somebody = Actor(kind="person", id=str(ids.fresh()), session_id=ids.fresh(), amr=("pwd",))
    forged = old.issue(somebody, ids.now())
    assert {refused(suite, service, forged) for service in SERVICES} == {"chassis.token_invalid"}


def refused(suite: Suite, service: str, token: str) -> str | None:
    try:
        patiently(partial(suite.call, service, QUERIES[service], token))
    except Unauthenticated as refusal:
        return refusal.code
    return None


def test_the_key_that_encrypts(suite: Suite, broker: Broker, people: Sequence[SignedIn]) -> None:
    before = Enrolled(suite, "before")
    (old,) = suite.servers.keys["secret_keys"]
    with called(people):
        for _ in range(2):
            assert rotate(suite, "secrets") == 0
            start_again(suite, "auth")
            before.sign_in()
        as_if_begun_before(suite, "secrets_since", EMAIL_CODE)
        suite.run_schedule("auth", "seal_anew")
        sealed_by = f"select user_id from totp where sealed_by = '{fingerprint(old)}'"
        until(lambda: not suite.sql("auth", sealed_by), what="encrypting anew")
        assert rotate(suite, "secrets") == 0
        start_again(suite, "auth")
        before.sign_in()
    (new,) = suite.servers.keys["secret_keys"]
    assert new != old
