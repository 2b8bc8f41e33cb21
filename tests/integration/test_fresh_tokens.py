"""A token knows all that happened before it was drawn: to the microsecond, and at the same moment.

A change that ends no session, as one of role will be, stands here as a unit that holds its person
and revokes their tokens; a ban is the service's own.
"""

import random
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial
from itertools import cycle
from typing import Any, TypeVar
from uuid import UUID, uuid4

import psycopg
import pytest

from auth.acts.sessions import admitted, start_session
from auth.domain import user
from chassis.door.tokens import LEEWAY, TokenIssuer
from chassis.errors import ServiceError
from chassis.identity import ANYONE, Actor
from chassis.unit.deciding import Unit
from contracts.auth.events import MemberRemoved
from embedded.keys import SERVICES
from integration.stages.box_database import call
from integration.stages.deaf_services import Browser, Person, Services
from servers.postgres import Server
from waiting import until

TRIALS, SESSIONS, DRAWERS = 200, 100, 4
MICROSECOND, PATIENCE_S = timedelta(microseconds=1), 60.0
REVOKED = "chassis.token_revoked"
T = TypeVar("T")


@pytest.fixture(scope="module")
def services(
    postgres_server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Services]:
    with ExitStack() as ending:
        yield Services(postgres_server, tmp_path_factory.mktemp("fresh"), ending, SERVICES)


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(DRAWERS) as threads:
        yield threads


def code(call: Callable[[], Any]) -> str | None:
    try:
        call()
    except ServiceError as refusal:
        return refusal.code
    return None


QUESTIONS = {
    "auth": "me",
    "media": "list_projects",
    "video": "list_videos",
    "billing": "get_pricing",
    "affiliate": "list_earnings",
}


def refused(services: Services, token: str, service: str = "auth") -> str | None:
    return code(partial(services.call, service, QUESTIONS[service], token))


def revoke(
    services: Services, person: Person, meanwhile: Callable[[], object] = lambda: None
) -> None:
    """Revoke a person's tokens in one unit, which does something else before it commits."""

    def work(unit: Unit) -> None:
        unit.hold(user.decider, UUID(person.user_id))
        gone = MemberRemoved(workspace_id=uuid4(), user_id=UUID(person.user_id))
        unit.revocations.add("user", gone, unit.call.at)
        meanwhile()

    services.parts["auth"].app.attempt(call(at=services.clock()), work)


@pytest.mark.asvs("8.3.2")
def test_a_token_of_the_microsecond_after_a_revocation_works_and_none_of_before(
    services: Services,
) -> None:
    chance, person = random.Random(7), services.somebody()
    browser = person.signed_in()
    for _ in range(TRIALS):
        services.now += timedelta(microseconds=chance.randrange(1, 3_000_000))
        before = browser.access()
        services.now += chance.choice((0, 1, 2)) * MICROSECOND
        revoke(services, person)
        services.now += MICROSECOND
        assert (refused(services, before), refused(services, browser.access())) == (REVOKED, None)


def waiting(services: Services) -> int:
    """Return how many wait for what others hold."""
    ((count,),) = services.run("auth", "select count(*) from pg_locks where not granted")
    return int(count)


def drawn_beside(
    services: Services, threads: ThreadPoolExecutor, draw: Callable[[], T], others: int
) -> tuple[Future[T], bool]:
    """Draw a token while another unit is open; return it, and whether it waits."""
    services.now += MICROSECOND
    drawing = threads.submit(draw)
    until(lambda: drawing.done() or waiting(services) > others, what="a token or a wait for it")
    return drawing, not drawing.done()


@pytest.mark.asvs("8.3.2")
def test_a_token_drawn_beside_a_revocation_waits_for_it_or_is_refused(
    services: Services, threads: ThreadPoolExecutor
) -> None:
    person = services.somebody()
    browser, open, let = person.signed_in(), threading.Event(), threading.Event()

    def meanwhile() -> None:
        open.set()
        assert let.wait(PATIENCE_S)

    revoking = threads.submit(revoke, services, person, meanwhile)
    assert open.wait(PATIENCE_S)
    drawing, waits = drawn_beside(services, threads, browser.access, others=0)
    let.set()
    revoking.result(PATIENCE_S)

    assert waits == (refused(services, drawing.result(PATIENCE_S)) is None)


@contextmanager
def open_ban(services: Services, threads: ThreadPoolExecutor, person: Person) -> Iterator[None]:
    """Ban somebody, and keep the ban from its commit: it has decided, and waits for their row."""
    with psycopg.connect(services.owners["auth"]) as locked:
        locked.execute('select from "user" where id = %s for update', [person.user_id])
        banning = threads.submit(services.ban, person)
        until(lambda: waiting(services) == 1, what="the ban's wait")
        yield
        locked.rollback()
        banning.result(PATIENCE_S)


def test_a_session_begun_beside_a_ban_waits_for_it_and_does_not_begin(
    services: Services, threads: ThreadPoolExecutor
) -> None:
    person = services.somebody()
    with open_ban(services, threads, person):
        drawing, waits = drawn_beside(
            services, threads, lambda: person.signed_in().access(), others=1
        )

    refusal = code(drawing.result)
    assert (waits, refusal) == (True, "auth.user_banned")
    assert sessions(services, person) == 0


def sessions(services: Services, person: Person) -> int:
    query = f"select count(*) from session where user_id = '{person.user_id}'"
    ((count,),) = services.run("auth", query)
    return int(count)


def begin(services: Services, person: Person) -> Browser:
    """Start a session, without the work that a password is."""

    def work(unit: Unit) -> tuple[str, str]:
        started = start_session(unit, admitted(unit, UUID(person.user_id)), {})
        return str(started.session_id), str(started.session_token)

    app = services.parts["auth"].app
    return Browser(services, *app.attempt(call(ANYONE, at=services.clock()), work))


def draw(
    services: Services,
    person: Person,
    browsers: Sequence[Browser],
    drawn: list[str],
    over: threading.Event,
) -> None:
    """Draw tokens, of old sessions and of new ones in turn, until the ban is over."""
    for browser in cycle(browsers):
        code(partial(keep, drawn, browser.access))
        code(partial(keep, drawn, lambda: begin(services, person).access()))
        if over.is_set():
            return


def keep(drawn: list[str], draw: Callable[[], str]) -> None:
    drawn.append(draw())


def test_a_ban_leaves_no_good_token_and_no_session_of_a_person_who_draws_them_meanwhile(
    services: Services, threads: ThreadPoolExecutor
) -> None:
    person, over, drawn = services.somebody(), threading.Event(), list[str]()
    with services.ticking():
        browsers = [begin(services, person) for _ in range(SESSIONS)]
        drawing = [
            threads.submit(draw, services, person, browsers[number:], drawn, over)
            for number in range(DRAWERS)
        ]
        until(lambda: len(drawn) >= DRAWERS, what="the first tokens")
        services.ban(person)
        over.set()
        for each in drawing:
            each.result(PATIENCE_S)

        for service in SERVICES:
            if service != "auth":
                services.hear(service)
            assert {refused(services, token, service) for token in drawn} == {REVOKED}
        assert sessions(services, person) == 0
        assert None not in {code(browser.access) for browser in browsers}


def test_who_is_banned_is_refused_everywhere_with_a_token_of_a_clock_that_is_ahead_too(
    services: Services,
) -> None:
    person = services.somebody()
    issuer = TokenIssuer("1", services.keys["signing_key"])
    token = issuer.issue(owner_of(person), services.now + LEEWAY)
    assert {refused(services, token, service) for service in SERVICES} == {None}
    services.ban(person)
    for service in SERVICES:
        if service != "auth":
            services.hear(service)
        assert refused(services, token, service) == REVOKED

    services.now += 2 * MICROSECOND
    admin = services.admin.signed_in().access()
    services.call("auth", "unban_user", admin, user_id=person.user_id)
    drawn = person.signed_in().access()
    for service in SERVICES:
        if service != "auth":
            assert refused(services, drawn, service) == REVOKED
            services.hear(service)
        assert refused(services, drawn, service) is None


def owner_of(person: Person) -> Actor:
    """Return a person with a workspace of their own, in a session that has not ended."""
    return Actor(
        kind="person",
        id=person.user_id,
        workspace_id=uuid4(),
        role="owner",
        session_id=uuid4(),
        authenticated_at=person.services.now,
    )


def test_a_session_begun_beside_the_end_of_all_others_is_ended_with_them(
    services: Services, threads: ThreadPoolExecutor
) -> None:
    person = services.somebody()
    mine = person.signed_in()
    token, begun, let = mine.access(), threading.Event(), threading.Event()

    def work(unit: Unit) -> UUID:
        started = start_session(unit, admitted(unit, UUID(person.user_id)), {})
        begun.set()
        assert let.wait(PATIENCE_S)
        return started.session_id

    app = services.parts["auth"].app
    beginning = threads.submit(app.attempt, call(ANYONE, at=services.now), work)
    assert begun.wait(PATIENCE_S)
    end_others = partial(services.call, "auth", "revoke_other_sessions", token)
    ending, waits = drawn_beside(services, threads, end_others, others=0)
    let.set()
    ended = {each["id"] for each in ending.result(PATIENCE_S)["items"]}

    assert (waits, str(beginning.result(PATIENCE_S)) in ended) == (True, True)
    assert sessions(services, person) == 1
