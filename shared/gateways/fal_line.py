"""The line to fal: one request, one answer, nothing tried again.

No redirect is followed, and neither a proxy nor a password of the machine's user is used.
"""

import json
import logging
import time
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from prometheus_client import Counter
from requests import RequestException, Response, Session
from urllib3.exceptions import HTTPError

from chassis.domain import value
from chassis.errors import Unavailable
from gateways.fal_said import Refused, is_locked, refused, said

CONNECT_S, ANSWER_S = 5.0, 20.0
MAX_ANSWER = 16 << 20  # bytes; a page of requests, with what was asked and given
CHUNK = 1 << 16
KEY, ACCOUNT = "key", "account"
REFUSES_US = Counter(
    "fal_refuses_us_total",
    "Answers of fal by which it does nothing for us: it refuses the key, or the account is locked,"
    " as a rule because its balance is exhausted",
    ("reason",),
)
for each in (KEY, ACCOUNT):
    REFUSES_US.labels(each)  # counted from 0 on: the first one is an increase

log = logging.getLogger(__name__)


@value
class Reply:
    """An answer of HTTP; `body` is its JSON, None where it is none."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def good(self) -> bool:
        """Whether it is what was asked for."""
        return 200 <= self.status < 300

    def text(self, name: str) -> str | None:
        """Return a text of the body, None if there is none."""
        found = self.body.get(name) if isinstance(self.body, Mapping) else None
        return found if isinstance(found, str) and found else None


class Lost(Exception):
    """There is no answer, or not all of one."""


class Body(BytesIO):
    """What is sent. Before it is read, the host is connected to and known by its certificate."""

    begun = False

    def read(self, size: int | None = -1) -> bytes:
        """Give what is to be sent next."""
        self.begun = True
        return super().read(size)


class Line:
    """Requests with our key."""

    def __init__(self, key: str, answer_s: float = ANSWER_S) -> None:
        """`answer_s`: how long an answer may not begin, and then may take."""
        self._key, self._answer_s = key, answer_s

    def exchange(
        self,
        method: str,
        url: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: Body | None = None,
    ) -> Reply:
        """Send a request and return the answer, whichever it is. Raises `Lost`."""
        given = {"Authorization": f"Key {self._key}", "Accept": "application/json"}
        try:
            with Session() as session:
                session.trust_env = False
                answer = session.request(
                    method,
                    url,
                    params=params,
                    headers={**given, **(headers or {})},
                    data=body,
                    timeout=(CONNECT_S, self._answer_s),
                    allow_redirects=False,
                    stream=True,
                )
                with answer:
                    raw = _whole(answer, time.monotonic() + self._answer_s)
        except (RequestException, HTTPError, OSError) as error:
            raise Lost(type(error).__name__) from None
        return Reply(status=answer.status_code, headers=answer.headers, body=_read(raw))

    def asked(self, method: str, url: str, params: Mapping[str, str] | None = None) -> Reply:
        """Do so where an answer is needed. Raises `Unavailable`, as `Fal` says."""
        try:
            reply = self.exchange(method, url, params)
        except Lost as lost:
            raise unavailable(str(lost)) from None
        if refuses_us(reply) and reply.status != 402:  # that may be what a model answers
            raise Unavailable("chassis.fal_refuses_us", f"fal refuses us ({reply.status})")
        return reply


def refuses_us(reply: Reply) -> bool:
    """Return whether fal does nothing for us until an operator mends it; count it, for the alert.

    Not to be asked of what needs more rights than work does.
    """
    locked = is_locked(reply.status, reply.body)
    if not locked and reply.status not in (401, 403):
        return False
    reason, settings = (ACCOUNT, "its balance") if locked else (KEY, "FAL_KEY")
    REFUSES_US.labels(reason).inc()
    log.error("fal refuses us (%d): look at %s", reply.status, settings)
    return True


def noted(reply: Reply, status: int | None = None) -> Refused:
    """Return what a failure means, and write fal's words into the log, the one place for them."""
    answer = refused(status or reply.status, reply.body, reply.headers)
    request_id = reply.text("request_id") or reply.headers.get("X-Fal-Request-Id")
    told = {"fal_request": request_id, "fal_type": answer.type, "fal_said": said(reply.body)}
    log.warning("fal has not done it: %s", answer.word, extra=told)
    return answer


def unavailable(reason: str) -> Unavailable:
    """Return the error of who asks something of fal and gets no answer that can be used."""
    return Unavailable("chassis.fal_unavailable", f"fal does not answer: {reason}")


def _whole(answer: Response, deadline: float) -> bytes:
    """Return the bytes of an answer, however slowly they drip. Raises `OSError`."""
    raw = bytearray()
    while chunk := answer.raw.read1(CHUNK, decode_content=True):
        raw += chunk
        if len(raw) > MAX_ANSWER:
            raise OSError("an answer that is too large")
        if time.monotonic() > deadline:
            raise TimeoutError("an answer that takes too long")
    return bytes(raw)


def _read(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None
