"""The one guarded fetch: what an address gives, written to a file, whole or not at all.

A host's name is resolved once, every address of the answer is judged, and the connection goes to
one of those: a name that answers otherwise a moment later is not asked again. Neither a proxy nor
a password of the machine's user is used.
"""

import hashlib
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from threading import Thread
from typing import TypeVar
from urllib.parse import urljoin

from urllib3 import HTTPResponse
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError

from chassis.errors import Unavailable
from gateways.addresses import Address, Prefix, Refused, is_global, parsed, require_foreign

MOST_REDIRECTS = 3
LOOK_S = 0.1  # so often a fetch is asked whether it should go on
CHUNK = 1 << 16
HEADERS = {"Accept-Encoding": "identity", "Connection": "close", "User-Agent": "ai-studio"}

Resolve = Callable[[str, int], Iterable[str]]
Connect = Callable[[tuple[str, int], float], socket.socket]
S = TypeVar("S", bound=socket.socket)


def resolved(host: str, port: int) -> list[str]:
    """Return the IP addresses of a host. Raises `OSError`."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(place[0]) for *_, place in answers]


def fetch(
    url: str,
    to: Path,
    *,
    ours: Sequence[Prefix] = (),
    max_bytes: int,
    timeout_s: float = 30,
    sha256: str | None = None,
    check: Callable[[], None],
    resolve: Resolve = resolved,
    connect: Connect = socket.create_connection,
    trust: Callable[[], ssl.SSLContext] = ssl.create_default_context,
) -> None:
    """Write what `url` gives to the file `to`; `check` raises where the work was cancelled.

    With `ours` the address lies below one of these, is reached as configured and leads nowhere
    else. Without, it is anybody's: https with the usual port, of the public internet, as is each
    of the three it may lead on to. `resolve`, `connect` and `trust` are where the network begins.

    Raises:
        Refused: for good; its word says why.
        Unavailable: no answer, 5xx, 429, not whole, or not within `timeout_s`.
    """
    part = to.with_name(f"{to.name}.part")
    exchange = _Exchange(url, part, ours, max_bytes, timeout_s, resolve, connect, trust)
    deadline = time.monotonic() + timeout_s
    exchange.start()
    try:
        while exchange.is_alive():
            check()
            if time.monotonic() > deadline:
                raise _unavailable("it took too long")
            exchange.join(LOOK_S)
        if exchange.failure is not None:
            raise exchange.failure
        if sha256 not in (None, exchange.digest.hexdigest()):
            raise Refused("not_the_bytes")
        part.replace(to)
    finally:
        exchange.stop()
        part.unlink(missing_ok=True)


class _Exchange(Thread):
    """A fetch in a thread of its own, so that whoever waits for it can leave at any moment."""

    def __init__(
        self,
        url: str,
        part: Path,
        ours: Sequence[Prefix],
        max_bytes: int,
        timeout_s: float,
        resolve: Resolve,
        connect: Connect,
        trust: Callable[[], ssl.SSLContext],
    ) -> None:
        super().__init__(daemon=True, name="fetch")
        self.url, self.part, self.ours = url, part, ours
        self.max_bytes, self.timeout_s = max_bytes, timeout_s
        self.resolve, self.connect, self.trust = resolve, connect, trust
        self.digest = hashlib.sha256()
        self.failure: Exception | None = None
        self._socket: socket.socket | None = None
        self._stopped = False

    def stop(self) -> None:
        """Let go of the other side, whatever the thread waits for."""
        self._stopped = True
        if self._socket is not None:
            with suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)  # under TLS, if there is any

    def run(self) -> None:
        try:
            self._follow()
        except ssl.SSLCertVerificationError:
            self.failure = Refused("not_https")
        except (OSError, UnicodeError, HTTPError, HTTPException) as error:
            self.failure = _unavailable(type(error).__name__)
        except Exception as error:  # raised again in the thread that waits
            self.failure = error
        finally:
            if self._socket is not None:
                self._socket.close()

    def _follow(self) -> None:
        url = self.url
        for _ in range(1 + MOST_REDIRECTS):
            address = parsed(url)
            with (
                self._reached(address, self._places(address)) as opened,
                self._answer(address, opened) as answer,
            ):
                onward = answer.get_redirect_location()
                if not onward:
                    self._take(answer)
                    return
            if self.ours:
                raise Refused("redirect_refused")
            url = urljoin(url, onward)
        raise Refused("too_many_redirects")

    def _places(self, address: Address) -> list[str]:
        """Return the IP addresses that may be connected to."""
        if self.ours:
            if not any(prefix.covers(address) for prefix in self.ours):
                raise Refused("not_ours")
            return list(self.resolve(address.host, address.port))
        require_foreign(address)
        places = list(self.resolve(address.host, address.port))
        if not all(is_global(place) for place in places):
            raise Refused("not_global")
        return places

    def _reached(self, address: Address, places: Sequence[str]) -> socket.socket:
        """Return a connection to the first place that answers, as that host by its certificate."""
        failure: OSError = OSError("no place")
        for place in places:
            if self._stopped:
                break
            try:
                plain = self._kept(self.connect((place, address.port), self.timeout_s))
            except OSError as error:
                failure = error
                continue
            if address.scheme == "http":
                return plain
            secret = self.trust().wrap_socket(
                plain, server_hostname=address.host, do_handshake_on_connect=False
            )
            self._kept(secret).do_handshake()
            return secret
        raise failure

    def _kept(self, opened: S) -> S:
        """Note what `stop` lets go of, or let go of what has come too late for it."""
        self._socket = opened
        if self._stopped:
            raise OSError("nobody waits any more")
        return opened

    def _answer(self, address: Address, opened: socket.socket) -> HTTPResponse:
        connection = HTTPConnection(address.host, address.port, timeout=self.timeout_s)
        connection.sock = opened
        headers = {**HEADERS, "Host": address.authority}
        connection.request("GET", address.target, headers=headers, preload_content=False)
        return connection.getresponse()

    def _take(self, answer: HTTPResponse) -> None:
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS or answer.status >= 500:
            raise _unavailable(f"it answered {answer.status}")
        if answer.status != HTTPStatus.OK:
            raise Refused("not_found")
        if (answer.length_remaining or 0) > self.max_bytes:
            raise Refused("too_large")
        written = 0
        with self.part.open("wb") as sink:
            # as much as has come: what comes in drops is noticed while it does
            while chunk := answer.read1(CHUNK, decode_content=False):
                self.digest.update(chunk)
                written += sink.write(chunk)
                if written > self.max_bytes:
                    raise Refused("too_large")


def _unavailable(reason: str) -> Unavailable:
    return Unavailable("chassis.fetch_unavailable", reason)
