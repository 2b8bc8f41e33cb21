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
from typing import Any
from uuid import UUID

import psycopg
import pytest

from auth.acts.sessions import admitted, start_session
from auth.domain import user
from chassis.door import revocations
from chassis.errors import ServiceError
from chassis.identity import ANYONE
from chassis.unit.deciding import Unit
from integration.stages.box_database import call
from integration.stages.deaf_services import Browser, Person, Services
from servers.postgres import Server
from waiting import until

TRIALS, SESSIONS, DRAWERS = 200, 100, 6
MICROSECOND, PATIENCE_S = timedelta(microseconds=1), 60.0
REVOKED = "chassis.token_revoked"


@pytest.fixture(scope="module")
def services(
    postgres_server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Services]:
    with ExitStack() as ending:
        yield Services(postgres_server, tmp_path_factory.mktemp("fresh"), ending, ("auth",))


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


def refused(services: Services, token: str) -> str | None:
    return code(partial(services.call, "auth", "me", token))


def revoke(
    services: Services, person: Person, meanwhile: Callable[[], object] = lambda: None
) -> None:
    """Revoke a person's tokens in one unit, which does something else before it commits."""

    def work(unit: Unit) -> None:
        unit.hold(user.decider, UUID(person.user_id))
        revocations.write(unit, "user", UUID(person.user_id), unit.call.at)
        meanwhile()

    services.parts["auth"].app.attempt(call(at=services.clock()), work)


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
    services: Services, threads: ThreadPoolExecutor, draw: Callable[[], str], others: int
) -> tuple[Future[str], bool]:
    """Draw a token while another unit is open; return it, and whether it waits."""
    services.now += MICROSECOND
    drawing = threads.submit(draw)
    until(lambda: drawing.done() or waiting(services) > others, what="a token or a wait for it")
    return drawing, not drawing.done()


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

        assert {refused(services, token) for token in drawn} == {REVOKED}
        assert sessions(services, person) == 0
        assert None not in {code(browser.access) for browser in browsers}
