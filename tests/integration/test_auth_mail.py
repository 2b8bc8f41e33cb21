"""auth's mails over SMTP: what its job does about a server's faults, and what it tells of them."""

import io
import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import pytest

from chassis import telemetry
from chassis.errors import RateLimited, Unauthenticated
from chassis.jobs.jobs import Worker
from embedded import assembly
from embedded.keys import SERVICES
from embedded.mailbox import token
from gateways.port import MAIL_BACKOFF_S
from integration.stages.deaf_services import Services
from servers.postgres import Server
from smtp_server import MailServer, mail_server

PASSWORD = "only-for-tests"
GREYLISTED = timedelta(minutes=20)


class Posting:
    """auth, whose mails go to a server; somebody has just signed up."""

    def __init__(self, services: Services, server: MailServer, ending: ExitStack) -> None:
        self.services, self.email = services, f"{uuid4().hex[:8]}.nordmann@example.com"
        urls = dict.fromkeys(SERVICES, "https://suite.example")
        variables = assembly.environment("auth", services.folder, services.keys, urls) | {
            "DATABASE_URL": services.server.url("auth_app", PASSWORD, "revoking_auth"),
            "MAIL": "smtp",
            "MAIL_HOST": "127.0.0.1",
            "MAIL_PORT": str(server.port),
            "MAIL_SECURITY": "none",
        }
        parts = assembly.build("auth", variables, nobody, services.clock, lambda: None)
        ending.callback(parts.close)
        self.worker = Worker(parts.app, [each for each in parts.kinds if each.name == "mail"])
        services.run("auth", "delete from jobs where kind = 'mail'")
        services.call("auth", "sign_up", None, name="Kari", email=self.email, password=PASSWORD)

    def attempt(self) -> tuple[str, int, str | None]:
        """Let the job be due and tried; return its state, what it waits (s) and its error."""
        self.services.run("auth", "update jobs set run_at = now() where kind = 'mail'")
        assert self.worker.work()
        waits = "ceil(extract(epoch from run_at - now()))::int"
        query = f"select state, {waits}, error from jobs where kind = 'mail'"
        ((state, seconds, error),) = self.services.run("auth", query)
        return state, seconds, error

    def verify(self, mail: EmailMessage) -> None:
        """Follow the link of a mail."""
        self.services.call("auth", "verify_email", None, token=token(mail), password=PASSWORD)


def nobody(service: str) -> Any:
    raise AssertionError(f"{service} is asked")


@pytest.fixture(scope="module")
def services(postgres_server: Server) -> Iterator[Services]:
    with ExitStack() as ending:
        folder = Path(ending.enter_context(TemporaryDirectory(prefix="ai-studio-")))
        yield Services(postgres_server, folder, ending, ("auth",))


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as made:
        yield made


@pytest.fixture
def posting(services: Services, server: MailServer) -> Iterator[Posting]:
    with ExitStack() as ending:
        yield Posting(services, server, ending)


@contextmanager
def log() -> Iterator[io.StringIO]:
    """Yield what a process of ours would write on its standard error."""
    written = io.StringIO()
    handler = telemetry.json_handler(written)
    logging.getLogger().addHandler(handler)
    try:
        yield written
    finally:
        logging.getLogger().removeHandler(handler)


def test_a_server_that_greylists_for_twenty_minutes_has_one_mail_in_the_end(
    posting: Posting, server: MailServer
) -> None:
    said = "chassis.mail_unavailable: the server takes no mail now (recipient: 451)"
    begun, waited = posting.services.now, []
    with log() as written:
        while posting.services.now < begun + GREYLISTED:
            server.recipient = ["451 4.7.1 <{address}>: greylisted"]
            state, waits_s, error = posting.attempt()
            assert (state, error) == ("waiting", said)
            waited.append(waits_s)
            posting.services.now += timedelta(seconds=waits_s)
        assert posting.attempt()[0] == "done"

    assert tuple(waited) == MAIL_BACKOFF_S[: len(waited)]
    assert "nordmann" not in written.getvalue()
    (mail,) = server.mails
    assert mail["To"] == posting.email
    posting.verify(mail)


def test_a_refused_address_is_final_and_told_by_its_code_alone(
    posting: Posting, server: MailServer
) -> None:
    server.recipient = ["550 5.1.1 <{address}>: unknown in virtual mailbox table"]
    with log() as written:
        state, _, error = posting.attempt()

    assert (state, server.taken) == ("dead", [])
    assert error == "chassis.mail_refused: the server refuses the mail (recipient: 550)"
    assert (
        "chassis.mail_refused: the server refuses the mail (recipient: 550)" in written.getvalue()
    )
    for kept in (written.getvalue(), *told(posting.services)):
        assert "nordmann" not in kept and "virtual" not in kept


def told(services: Services) -> Iterator[str]:
    """Yield all that is in jobs and events, as text."""
    for table in ("jobs", "events"):
        yield from (row[0] for row in services.run("auth", f"select t::text from {table} t"))


@pytest.mark.parametrize("read", [0, 1])  # readers show one of the two, as a rule the first
def test_a_lost_answer_sends_it_once_more_under_the_same_id_and_either_link_leads_in(
    posting: Posting, server: MailServer, read: int
) -> None:
    server.dropped = 1
    state, _, error = posting.attempt()
    assert state == "waiting" and str(error).startswith("chassis.mail_unanswered: ")
    assert posting.attempt()[0] == "done"

    sent = server.mails
    assert len(sent) == 2 and sent[0]["Message-ID"] == sent[1]["Message-ID"]
    assert token(sent[0]) != token(sent[1])
    posting.verify(sent[read])


def test_answers_that_are_lost_for_ever_send_it_twice(posting: Posting, server: MailServer) -> None:
    server.dropped = 99
    states: list[Any] = [posting.attempt()[0]]
    server.recipient = ["451 later"]
    states += [posting.attempt()[0], posting.attempt()[0]]
    assert states == ["waiting", "waiting", "dead"]
    assert len(server.taken) == 2


def test_twelve_sign_ins_with_an_address_that_is_not_verified_send_three_mails_an_hour_ten_a_day(
    posting: Posting, server: MailServer
) -> None:
    tried: dict[str, Any] = {
        "email": posting.email,
        "password": PASSWORD,
    }  # after the sign-up, which is mailed too
    for tries, most in ((12, 3), (4, 6), (4, 9), (4, 10), (4, 10)):
        for _ in range(tries):
            with pytest.raises((Unauthenticated, RateLimited)):
                posting.services.call("auth", "sign_in", None, **tried)
        while posting.worker.work():
            pass
        assert len(server.taken) == most
        posting.services.now += timedelta(hours=1)
    assert {mail["To"] for mail in server.mails} == {posting.email}
    posting.verify(server.mails[0])
