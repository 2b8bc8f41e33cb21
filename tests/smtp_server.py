"""A mail server in the test process, with switches for what servers do wrong.

It speaks as real ones do: its refusals quote the address that they refuse.
"""

import asyncio
import logging
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import partial
from typing import Any

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

HOST = "mail.test"  # what it calls itself
NAMES = ("127.0.0.1", "localhost")  # what its certificate is for


@dataclass(frozen=True)
class Taken:
    """A message that was taken whole, answered or not."""

    sender: str
    to: str
    content: bytes

    @property
    def mail(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=default)


@dataclass
class MailServer:
    """Answers in turn what is listed, and then takes whatever comes.

    An answer is 'code words', with `{address}` for whom it is about.
    """

    port: int = 0
    taken: list[Taken] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)  # how connections did: QUIT or lost
    sender: list[str] = field(default_factory=list)  # answers to MAIL
    recipient: list[str] = field(default_factory=list)  # answers to RCPT
    content: list[str] = field(default_factory=list)  # answers to what DATA brought
    dropped: int = 0  # so many times what DATA brought is taken and the connection cut
    slow_s: float = 0  # before an answer to what DATA brought
    slow_end_s: float = 0  # before an answer to QUIT
    login: tuple[str, str] | None = None  # who may send, if not everybody
    passwords: list[bytes] = field(default_factory=list)  # that were tried

    @property
    def mails(self) -> list[EmailMessage]:
        return [each.mail for each in self.taken]

    async def handle_MAIL(
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.login and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return _next(self.sender, address)

    async def handle_RCPT(
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        answer = _next(self.recipient, address)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        await asyncio.sleep(self.slow_s)
        answer = _next(self.content, envelope.rcpt_tos[0])
        if not answer.startswith("2"):
            return answer
        self.taken.append(Taken(envelope.mail_from, envelope.rcpt_tos[0], envelope.content))
        if self.dropped:
            self.dropped -= 1
            server.transport.abort()  # type: ignore[union-attr]
        return answer

    async def handle_QUIT(self, server: SMTP, session: Any, envelope: Any) -> str:
        self.ended.append("QUIT")
        await asyncio.sleep(self.slow_end_s)
        return "221 Bye"

    def authenticate(
        self, server: Any, session: Any, envelope: Any, mechanism: str, tried: Any
    ) -> AuthResult:
        assert isinstance(tried, LoginPassword)
        self.passwords.append(tried.password)
        right = self.login is not None and (tried.login, tried.password) == tuple(
            each.encode() for each in self.login
        )
        return AuthResult(success=right, handled=False)


def _next(answers: list[str], address: str) -> str:
    return answers.pop(0).format(address=address) if answers else "250 OK"


@contextmanager
def mail_server(
    shown: ssl.SSLContext | None = None, *, tls: bool = False, utf8: bool = False
) -> Iterator[MailServer]:
    """Yield a mail server on a free port; `shown`: its certificate, from the first byte if `tls`.

    `utf8`: it knows SMTPUTF8.
    """
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # it logs every line that it is told
    made = MailServer()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="mail server")
    thread.start()
    protocol = partial(
        SMTP,
        made,
        hostname=HOST,
        tls_context=None if tls else shown,
        enable_SMTPUTF8=utf8,
        auth_require_tls=not tls,  # it is already, unseen by the protocol
        authenticator=made.authenticate,
        loop=loop,
    )
    opening = loop.create_server(protocol, "127.0.0.1", 0, ssl=shown if tls else None)
    server = asyncio.run_coroutine_threadsafe(opening, loop).result()
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        asyncio.run_coroutine_threadsafe(_closed(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _closed(server: asyncio.Server) -> None:
    server.close()
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for each in left:
        each.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    await asyncio.sleep(0)  # transports close in the next round


def certificate(*names: str) -> tuple[ssl.SSLContext, str]:
    """Return what a server shows for these names, and the authority that a client believes."""
    authority = trustme.CA()
    shown = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(*names).configure_cert(shown)
    return shown, authority.cert_pem.bytes().decode()
