"""Mail handed to a server by SMTP: one message, one connection, closed in the end.

What a server says stays here but for its code: refusals quote the address. A 5xx for the recipient
or the content is final. A 5xx for anything before that (TLS, our name and password, our sender)
refuses us and not the message: an operator mends it, so the message waits, and the log says so.
"""

import logging
import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import field
from threading import Timer
from typing import Literal

from chassis.domain import value
from chassis.errors import Rejected, ServiceError, Unavailable
from gateways.mail_writing import Letter, domain_of, written
from gateways.port import Message

Security = Literal["starttls", "tls", "none"]

SCANNING = 4  # times the limit: for the answer to a content, which is scanned first
OF_US = {503, 530, 534, 535, 538}  # whenever they come: we are to sign in, or otherwise
UTF8 = ("SMTPUTF8", "BODY=8BITMIME")
UNANSWERED = "chassis.mail_unanswered"

log = logging.getLogger(__name__)


@value
class Server:
    """A mail server and who we are to it."""

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = field(default="", repr=False)
    ca: str = ""  # PEM: whose certificates are believed in place of the system's
    timeout_s: float


@value
class Failure:
    """Where an attempt ended, and by what: the server's code, or the name of what went wrong."""

    step: str
    smtp: int | None = None
    fault: str | None = None
    ours: bool = False

    @property
    def unanswered(self) -> bool:
        """Whether all was sent and nobody knows if it was taken."""
        return self.step == "answer" and not 400 <= (self.smtp or 0) < 600

    @property
    def final(self) -> bool:
        """Whether the message itself is refused."""
        about_it = self.step in ("recipient", "content", "answer") and self.smtp not in OF_US
        return self.fault == "SMTPUTF8" or (about_it and self._is_5xx)

    @property
    def of_us(self) -> bool:
        """Whether it is for an operator to mend."""
        return self.ours or (self._is_5xx and not self.final)

    @property
    def _is_5xx(self) -> bool:
        return self.smtp is not None and 500 <= self.smtp < 600


class SmtpMail:
    """A mail server. What it raises: `gateways.port.Mail`."""

    def __init__(self, server: Server, sender: str) -> None:
        """`sender`: the address that mail comes from."""
        self.server, self.sender = server, sender
        self._trust = ssl.create_default_context(cadata=server.ca or None)

    def send(self, message: Message, before: str | None = None) -> None:
        """Hand it over; what a repeat means is said at `gateways.port.Mail`."""
        failure = self._attempt(written(message, self.sender, "\r\n"))
        if failure is not None:  # raised here: nothing that the server said hangs on it
            raise _meaning(failure, again=UNANSWERED in (before or ""))

    def _attempt(self, letter: Letter) -> Failure | None:
        step = "connect"
        try:
            with self._connected() as line:
                step = "tls"
                if self.server.security == "starttls":
                    line.starttls(context=self._trust)
                line.ehlo_or_helo_if_needed()
                step = "login"
                if self.server.user:
                    line.login(self.server.user, self.server.password)
                if letter.utf8 and not line.has_extn("smtputf8"):
                    return Failure(step="recipient", fault="SMTPUTF8")
                step = "sender"
                _taken(line.mail(letter.sender, UTF8 if letter.utf8 else ()))
                step = "recipient"
                _taken(line.rcpt(letter.to))
                step = "content"
                _taken(line.docmd("DATA"), 354)
                line.wait_s(SCANNING * self.server.timeout_s)
                line.send(_dotted(letter.content))
                step = "answer"
                _taken(line.getreply())
        except smtplib.SMTPResponseException as error:
            return Failure(step=step, smtp=error.smtp_code)
        except (smtplib.SMTPException, OSError) as error:
            ours = isinstance(error, smtplib.SMTPNotSupportedError | ssl.SSLCertVerificationError)
            unknown = type(error) is smtplib.SMTPException  # no way to sign in that both know
            return Failure(step=step, fault=type(error).__name__, ours=ours or unknown)
        return None

    @contextmanager
    def _connected(self) -> Iterator["_Line"]:
        line = self._line()
        try:
            yield line
        finally:
            with suppress(smtplib.SMTPException, OSError):  # what was taken stays taken
                line.wait_s(self.server.timeout_s)
                line.docmd("QUIT")
            line.close()

    def _line(self) -> "_Line":
        to, us = self.server, domain_of(self.sender)
        if to.security == "tls":
            return _TlsLine(to.host, to.port, us, timeout=to.timeout_s, context=self._trust)
        return _Line(to.host, to.port, us, timeout=to.timeout_s)


class _Line(smtplib.SMTP):
    """A connection whose every answer has a time limit, however slowly it drips."""

    def wait_s(self, limit_s: float) -> None:
        """Wait so long for each answer from now on."""
        self.timeout = limit_s
        if self.sock is not None:
            self.sock.settimeout(limit_s)

    def getreply(self) -> tuple[int, bytes]:
        """Return the next answer, its code and words."""
        limit = Timer(self.timeout, self._cut)
        limit.daemon = True
        limit.start()
        try:
            return super().getreply()
        finally:
            limit.cancel()

    def _cut(self) -> None:
        opened = self.sock
        with suppress(OSError):  # it may be closed already
            if opened is not None:
                socket.socket.shutdown(opened, socket.SHUT_RDWR)  # under TLS, if there is any


class _TlsLine(_Line, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte on."""


def _taken(reply: tuple[int, bytes], least: int = 200) -> None:
    """Raise what is not yes: 2xx, or 354 where the content is to follow."""
    if not least <= reply[0] < least + 100:
        raise smtplib.SMTPResponseException(*reply)


def _dotted(content: bytes) -> bytes:
    """Return a content as it is sent: a line's first dot twice, a lone dot behind the last line."""
    return re.sub(rb"(?m)^\.", b"..", content) + b".\r\n"


def _meaning(failure: Failure, again: bool) -> ServiceError:
    """Return the error for a job; `again`: it is not known of an attempt before whether it sent."""
    at = f"({failure.step}: {failure.smtp or failure.fault})"
    if failure.final:
        return Rejected("chassis.mail_refused", f"the server refuses the mail {at}")
    if failure.unanswered and again:
        return Rejected(UNANSWERED, f"nobody knows whether it arrived, twice {at}")
    if failure.unanswered:
        return Unavailable(UNANSWERED, f"nobody knows whether it arrived {at}")
    if failure.of_us:
        said = f"the server refuses us, not the mail {at}"
        log.error("%s: look at the settings MAIL_…", said)
        return Unavailable("chassis.mail_misconfigured", said)
    said = f"the server takes no mail now {at}"
    return Unavailable("chassis.mail_unavailable", said)
