"""auth's mails over SMTP: what its job does about a server's faults, and what it tells of them."""

import io
import logging
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import pytest

from chassis import telemetry
from chassis.jobs.jobs import Worker
from embedded import assembly
from embedded.keys import SERVICES
from integration.stages.deaf_services import Services
from servers.postgres import Server
from smtp_server import MailServer, mail_server

PASSWORD = "only-for-tests"
WAITS_S = (10, 60, 300)  # jobs.BACKOFF_S begins so


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

    def verify(self, text: str) -> None:
        """Follow the link of a mail."""
        found = re.search(r"token=(\S+)", text)
        assert found is not None
        self.services.call("auth", "verify_email", None, token=found[1], password=PASSWORD)


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


def test_a_server_that_says_later_three_times_has_one_mail_in_the_end(
    posting: Posting, server: MailServer
) -> None:
    server.recipient = ["451 4.7.1 <{address}>: greylisted"] * 3
    for waits_s in WAITS_S:
        said = "chassis.mail_unavailable: the server takes no mail now (recipient: 451)"
        assert posting.attempt() == ("waiting", waits_s, said)
    assert posting.attempt()[0] == "done"

    (mail,) = server.mails
    assert mail["To"] == posting.email
    posting.verify(mail.get_content())


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


def test_a_lost_answer_sends_it_once_more_under_the_same_id_and_either_link_leads_in(
    posting: Posting, server: MailServer
) -> None:
    server.dropped = 1
    state, _, error = posting.attempt()
    assert state == "waiting" and str(error).startswith("chassis.mail_unanswered: ")
    assert posting.attempt()[0] == "done"

    first, again = server.mails
    assert first["Message-ID"] == again["Message-ID"]
    posting.verify(first.get_content())  # readers show one of the two, as a rule the first


def test_answers_that_are_lost_for_ever_send_it_twice(posting: Posting, server: MailServer) -> None:
    server.dropped = 99
    states: list[Any] = [posting.attempt()[0]]
    server.recipient = ["451 later"]
    states += [posting.attempt()[0], posting.attempt()[0]]
    assert states == ["waiting", "waiting", "dead"]
    assert len(server.taken) == 2
