"""Mail by SMTP, to a real server: what each of its faults means, and that nobody is named."""

import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from chassis.errors import Rejected, ServiceError, Unavailable
from chassis.jobs.claims import remembered
from gateways.mail_smtp import Security, Server, SmtpMail
from gateways.port import Attachment, Message
from smtp_server import NAMES, MailServer, certificate, mail_server

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
TO, LIMIT_S = "kari.nordmann@example.com", 0.3
ENOUGH = 200  # repetitions, a fiftieth of a second apart
USER, PASSWORD = "suite", "correct horse battery"
MESSAGE = Message(id="7", to=TO, subject="Hei på deg", text="Hei\n.\n.punktum\n", at=AT)
UNKNOWN = "550 5.1.1 <{address}>: Recipient address rejected: User unknown"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as made:
        yield made


def mail(port: int, security: Security = "none", **given: Any) -> SmtpMail:
    host, limit_s = given.pop("host", "127.0.0.1"), given.pop("timeout_s", LIMIT_S)
    to = Server(host=host, port=port, security=security, timeout_s=limit_s, **given)
    return SmtpMail(to, "no-reply@ai-studio.example")


def failure(sender: SmtpMail, message: Message = MESSAGE, before: str | None = None) -> str:
    """Return the error that sending ends in, as its job keeps it; it has said nothing more."""
    with pytest.raises(ServiceError) as raised:
        sender.send(message, before)
    error = raised.value
    assert error.retryable == isinstance(error, Unavailable)
    assert isinstance(error, Rejected | Unavailable)
    assert error.__context__ is None and error.__cause__ is None
    return f"{'final' if isinstance(error, Rejected) else 'waits'} {error}"


@pytest.fixture(autouse=True)
def _nobody_is_named(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever happens, no address and no password stands in a log of ours."""
    caplog.set_level(logging.DEBUG)
    yield
    told = " ".join(f"{each.getMessage()} {vars(each)}" for each in caplog.records)
    assert not any(each in told for each in ("nordmann", "rejected", PASSWORD, "Hei på deg"))


def test_a_mail_with_its_files_arrives_byte_by_byte(server: MailServer) -> None:
    pdf = Attachment(name="Faktura.pdf", content_type="application/pdf", content=b"\n.\n\0\r" * 999)
    ehf = Attachment(name="1.xml", content_type="application/xml", content="<a>ø</a>".encode())
    message = replace(MESSAGE, attachments=(pdf, ehf))
    mail(server.port).send(message)

    (taken,) = server.taken
    assert (taken.sender, taken.to) == ("no-reply@ai-studio.example", TO)
    assert taken.mail["Message-ID"] == "<7@ai-studio.example>"
    body = taken.mail.get_body()
    assert body is not None
    assert body.as_bytes().endswith(b"\n\nHei\n.\n.punktum\n")
    files = [each.get_payload(decode=True) for each in taken.mail.iter_attachments()]
    assert files == [pdf.content, ehf.content]
    assert server.ended == ["QUIT"]


@pytest.mark.parametrize(
    ("place", "answer", "meant"),
    [
        ("recipient", UNKNOWN, "final chassis.mail_refused"),
        ("recipient", "552 5.2.2 <{address}> full", "final chassis.mail_refused"),
        ("content", "554 5.7.1 <{address}>: spam", "final chassis.mail_refused"),
        ("content", "552 5.3.4 too large for <{address}>", "final chassis.mail_refused"),
        ("recipient", "451 4.7.1 <{address}>: greylisted", "waits chassis.mail_unavailable"),
        ("content", "451 4.3.0 <{address}>: later", "waits chassis.mail_unavailable"),
        ("sender", "421 4.3.2 closing", "waits chassis.mail_unavailable"),
        ("sender", "550 5.7.1 <{address}>: not yours", "waits chassis.mail_misconfigured"),
        ("recipient", "530 5.7.0 sign in, <{address}>", "waits chassis.mail_misconfigured"),
    ],
)
def test_what_an_answer_means(
    server: MailServer, caplog: pytest.LogCaptureFixture, place: str, answer: str, meant: str
) -> None:
    getattr(server, place).append(answer)
    said = failure(mail(server.port))
    step = "answer" if place == "content" else place
    assert said.startswith(f"{meant}: ")
    assert said.endswith(f"({step}: {answer[:3]})")
    loud = [each for each in caplog.records if each.levelno >= logging.ERROR]
    assert len(loud) == ("misconfigured" in meant)
    assert server.taken == []

    mail(server.port).send(MESSAGE)
    assert len(server.taken) == 1


def test_a_drop_behind_the_content_lets_it_be_sent_once_more_and_never_again(
    server: MailServer,
) -> None:
    server.dropped = 3
    first = failure(mail(server.port))
    assert first.startswith("waits chassis.mail_unanswered: ") and first.endswith(
        "(answer: SMTPServerDisconnected)"
    )
    server.recipient.append("451 later")  # what comes between makes nobody forget
    second = failure(mail(server.port), before=first)
    assert second.startswith("waits chassis.mail_unavailable: ")
    third = failure(mail(server.port), before=remembered(second, first))
    assert third.startswith("final chassis.mail_unanswered: ")
    assert [each["Message-ID"] for each in server.mails] == ["<7@ai-studio.example>"] * 2


def test_a_drop_before_the_whole_content_is_there_is_a_server_that_is_away() -> None:
    with peer(b"220 mail.test\r\n", *[b"250 OK\r\n"] * 3) as port:  # until DATA
        said = failure(mail(port))
    assert said.startswith("waits chassis.mail_unavailable: ")
    assert said.endswith("(content: SMTPServerDisconnected)")


def test_a_server_that_is_away_is_asked_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    said = failure(mail(port))
    assert said.startswith("waits chassis.mail_unavailable: ")
    assert said.endswith("(connect: ConnectionRefusedError)")


def test_a_server_that_scans_a_content_has_more_time_for_its_answer(server: MailServer) -> None:
    server.slow_s = 2 * LIMIT_S
    mail(server.port).send(MESSAGE)
    server.slow_s = 60
    said = failure(mail(server.port, timeout_s=0.05))
    assert said.startswith("waits chassis.mail_unanswered: ")


def test_what_was_taken_stays_taken_whatever_follows(server: MailServer) -> None:
    server.slow_end_s = 60
    mail(server.port).send(MESSAGE)
    assert len(server.taken) == 1 and server.ended == ["QUIT"]


@pytest.mark.parametrize("drip", [b"", b"220-more\r\n", b"2"])
def test_an_answer_that_is_silent_or_drips_has_a_time_limit(drip: bytes) -> None:
    begun = time.monotonic()
    with peer(drip, endless=True) as port:
        said = failure(mail(port))
    assert said.startswith("waits chassis.mail_unavailable: ")
    assert time.monotonic() - begun < 2


@contextmanager
def peer(*answers: bytes, endless: bool = False) -> Iterator[int]:
    """Listen; say these, each after a line that it is told but the first, and then hang up.

    `endless`: say the first again and again instead, for 4 s.
    """
    over = threading.Event()

    def talk() -> None:
        with listener.accept()[0] as line, line.makefile("rb") as told:
            line.sendall(answers[0])
            with suppress(OSError):  # who has heard enough goes
                for _ in range(ENOUGH if endless else 0):
                    line.sendall(answers[0])
                    if over.wait(0.02):
                        return
            for each in answers[1:]:
                told.readline()
                line.sendall(each)
            told.readline()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=talk)
        thread.start()
        yield listener.getsockname()[1]
        over.set()
        thread.join()


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_password_is_said_to_a_server_that_its_certificate_names(security: Security) -> None:
    shown, authority = certificate(*NAMES)
    with mail_server(shown, tls=security == "tls") as server:
        server.login = (USER, PASSWORD)
        mail(server.port, security, user=USER, password=PASSWORD, ca=authority).send(MESSAGE)
        assert len(server.taken) == 1 and server.passwords == [PASSWORD.encode()]


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("wrong", ["another name", "another authority", "the system's authorities"])
def test_a_certificate_that_is_wrong_ends_it_before_a_word_is_said(
    caplog: pytest.LogCaptureFixture, security: Security, wrong: str
) -> None:
    shown, authority = certificate(*(("mail.other",) if wrong == "another name" else NAMES))
    believed = {"another authority": certificate(*NAMES)[1], "the system's authorities": ""}
    with mail_server(shown, tls=security == "tls") as server:
        ca = believed.get(wrong, authority)
        said = failure(mail(server.port, security, user=USER, password=PASSWORD, ca=ca))
        assert said.startswith("waits chassis.mail_misconfigured: ")
        assert said.endswith("SSLCertVerificationError)")
        assert (server.taken, server.passwords) == ([], [])
    assert any(each.levelno == logging.ERROR for each in caplog.records)


def test_a_server_without_starttls_is_told_nothing(server: MailServer) -> None:
    said = failure(mail(server.port, "starttls", user=USER, password=PASSWORD))
    assert said.startswith("waits chassis.mail_misconfigured: ")
    assert said.endswith("(tls: SMTPNotSupportedError)")
    assert (server.taken, server.passwords) == ([], [])


def test_a_password_that_is_wrong_is_for_an_operator_to_mend(
    caplog: pytest.LogCaptureFixture,
) -> None:
    shown, authority = certificate(*NAMES)
    with mail_server(shown) as server:
        server.login = (USER, "another one")
        said = failure(mail(server.port, "starttls", user=USER, password=PASSWORD, ca=authority))
        assert said.startswith("waits chassis.mail_misconfigured: ")
        assert said.endswith("(login: 535)")
        assert server.taken == []
    assert [each.name for each in caplog.records if each.levelno == logging.ERROR] == [
        "gateways.mail_smtp"
    ]


@pytest.mark.parametrize("utf8", [True, False])
def test_a_name_outside_ascii_goes_to_servers_that_know_it_and_is_refused_by_others(
    utf8: bool,
) -> None:
    message = replace(MESSAGE, to="weiß@straße.de")
    with mail_server(utf8=utf8) as server:
        if utf8:
            mail(server.port).send(message)
            assert server.taken[0].to == "weiß@xn--strae-oqa.de"
        else:
            said = failure(mail(server.port), message)
            assert said.startswith("final chassis.mail_refused: ")
            assert said.endswith("(recipient: SMTPUTF8)")
            assert server.taken == []


def test_neither_a_server_nor_what_it_is_told_shows_its_password() -> None:
    assert PASSWORD not in repr(
        Server(host="h", port=1, security="tls", password=PASSWORD, timeout_s=1)
    )
