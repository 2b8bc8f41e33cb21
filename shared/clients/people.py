"""Calling as a person: a session token gives access tokens, renewed before they run out."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import field
from datetime import datetime, timedelta
from typing import Any

from chassis import deadline, ids
from chassis.domain import value
from chassis.errors import DeadlineExceeded, ServiceError, Unauthenticated
from chassis.port import Port, Ports
from clients.auth import Auth

MARGIN = timedelta(seconds=30)  # before its end a token is renewed
TIMEOUT_S = 5.0
# of a token, for which the session gives another: its time is over, or its signer's
OVER = ("chassis.token_expired", "chassis.token_revoked", "chassis.token_invalid")


class SignedIn:
    """Who holds a session token; threads may share it, and one of them renews for all."""

    def __init__(
        self, ports: Ports, session_token: str, clock: Callable[[], datetime] = ids.now
    ) -> None:
        """Call by `ports`; nothing is called yet."""
        self._ports, self._session_token, self._clock = ports, session_token, clock
        self._held: _Token | None = None
        self._renewing = threading.Lock()

    def port(self, service: str, *, timeout_s: float = TIMEOUT_S) -> Port:
        """Return the port to a service for this person: `Media(signed_in.port("media"))`.

        A call ends within `timeout_s` seconds, renewing included: once, where a service takes the
        token for expired or revoked. It raises `Unauthenticated` once the session has ended.
        """
        return _PersonsPort(person=self, ports=self._ports, service=service, timeout_s=timeout_s)

    def access_token(self, refused: str | None = None) -> str:
        """Return a token that holds for a while, renewed if need be; not the one `refused`.

        Raises `Unauthenticated` if the session has ended, `DeadlineExceeded` or `Unavailable` if
        auth does not answer and there is no token left that holds.
        """
        with self._alone():
            held = self._held if self._held and self._held.text != refused else None
            left = held.expires_at - self._clock() if held else timedelta()
            if held and left > MARGIN:
                return held.text
            rest_s = deadline.remaining()
            try:
                # the call itself needs time too, where there is a token for it
                with deadline.within(rest_s / 2 if rest_s and left > timedelta() else None):
                    self._held = self._renewed()
            except ServiceError as error:
                if held and left > timedelta() and error.retryable:
                    return held.text  # auth is away, and this one holds for a while yet
                raise
            return self._held.text

    def reauthenticate(self, password: str, code: str | None = None) -> None:
        """Show again who this is; what asks for that then takes them for sure, for ten minutes.

        `code`: where the second factor is on. Raises `Unauthenticated` for what is wrong or lacks,
        `RateLimited` after too much of it.
        """
        auth = Auth(self.port("auth"))
        fresh = auth.reauthenticate(password=password, code=code)
        with self._alone():
            self._held = _Token(text=fresh.access_token, expires_at=fresh.expires_at)

    def _renewed(self) -> "_Token":
        auth = Auth(self._ports.port("auth"))
        access = auth.authenticate(session_token=self._session_token)
        return _Token(text=access.access_token, expires_at=access.expires_at)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let one thread in at a time, and nobody wait beyond their deadline."""
        remaining = deadline.remaining()
        if not self._renewing.acquire(timeout=-1 if remaining is None else remaining):
            raise DeadlineExceeded("clients.renewal_awaited", "another call renews the token")
        try:
            yield
        finally:
            self._renewing.release()


@value
class _Token:
    text: str = field(repr=False)
    expires_at: datetime


@value
class _PersonsPort:
    person: SignedIn
    ports: Ports
    service: str
    timeout_s: float

    def call(self, method: str, /, **arguments: Any) -> Any:
        with deadline.within(self.timeout_s):
            token = self.person.access_token()
            try:
                return self._port(token).call(method, **arguments)
            except Unauthenticated as refusal:
                if refusal.code not in OVER:
                    raise
            # refused before anything was done, so the repeat is the first
            return self._port(self.person.access_token(refused=token)).call(method, **arguments)

    def _port(self, token: str) -> Port:
        return self.ports.port(self.service, auth_token=token, timeout_s=self.timeout_s)
