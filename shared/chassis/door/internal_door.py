"""The internal HTTP door: whether the process lives, whether it can work, and its figures.

For the cluster's network alone. `/livez` says only that the process answers: a restart mends no
database. `/readyz` says what is wrong, in words.
"""

import json
import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING

from prometheus_client import REGISTRY, CollectorRegistry, Gauge
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from sqlalchemy import text
from werkzeug.wrappers import Request, Response

from chassis.database import backlog
from chassis.errors import ServiceError
from chassis.unit.handling import App

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ANSWER_S = 2.0  # for all checks together; a probe waits a little longer
MOST_LAG_S = 60.0

Check = Callable[[], str | None]  # what is wrong, in a sentence; None if nothing is

log = logging.getLogger(__name__)

OK = Gauge("service_check_ok", "1 if the check behind /readyz found nothing wrong", ("check",))


class InternalDoor:
    """Answers /livez, /readyz and /metrics; anything else is 404."""

    def __init__(
        self,
        checks: Mapping[str, Check],
        registry: CollectorRegistry = REGISTRY,
        answer_s: float = ANSWER_S,
    ) -> None:
        """`checks` by name, run side by side; one without an answer in `answer_s` has failed."""
        self._probes = {name: _Probe(name, check) for name, check in checks.items()}
        self._registry, self._answer_s = registry, answer_s
        self._draining = threading.Event()

    def drain(self) -> None:
        """Be not ready from now on: the process is about to end."""
        self._draining.set()

    def __call__(self, environ: "WSGIEnvironment", respond: "StartResponse") -> Iterable[bytes]:
        """Answer one request (WSGI)."""
        return self._answer(Request(environ))(environ, respond)

    def _answer(self, request: Request) -> Response:
        try:
            match request.method, request.path:
                case "GET" | "HEAD", "/livez":
                    return _json({"live": True})
                case "GET" | "HEAD", "/readyz":
                    return self._readyz()
                case "GET" | "HEAD", "/metrics":
                    self._checked()  # alerts look at what the probes see
                    body = generate_latest(self._registry)
                    return Response(body, content_type=CONTENT_TYPE_PLAIN_0_0_4)
            return Response(status=404)
        except Exception:
            log.exception("a bug", extra={"path": request.path})
            return Response(status=500)

    def _readyz(self) -> Response:
        if self._draining.is_set():
            return _json({"ready": False, "draining": True, "checks": {}}, 503)
        wrong = self._checked()
        ready = not any(wrong.values())
        checks = {name: reason or "ok" for name, reason in wrong.items()}
        return _json({"ready": ready, "draining": False, "checks": checks}, 200 if ready else 503)

    def _checked(self) -> dict[str, str | None]:
        runs = {name: probe.run() for name, probe in self._probes.items()}
        wait(runs.values(), timeout=self._answer_s)
        late = f"no answer within {self._answer_s:g} s"
        wrong = {name: run.result() if run.done() else late for name, run in runs.items()}
        for name, reason in wrong.items():
            OK.labels(name).set(0 if reason else 1)
        return wrong


class _Probe:
    """One check, never under way twice: one that hangs costs one thread, however often asked."""

    def __init__(self, name: str, check: Check) -> None:
        self._name, self._check = name, check
        self._starting = threading.Lock()
        self._run: Future[str | None] | None = None

    def run(self) -> "Future[str | None]":
        with self._starting:
            if self._run is None or self._run.done():
                self._run = Future()
                # a daemon: a check that hangs must not keep the process from ending
                threading.Thread(
                    target=self._ask, args=(self._run,), name=f"check-{self._name}", daemon=True
                ).start()
            return self._run

    def _ask(self, run: "Future[str | None]") -> None:
        try:
            run.set_result(self._check())
        except ServiceError as error:
            run.set_result(str(error))
        except Exception as bug:
            log.exception("a bug in a check", extra={"check": self._name})
            run.set_result(f"a bug: {type(bug).__name__}")  # its text may hold what is secret


def answers(ask: Callable[[], object]) -> Check:
    """Return a check of what `ask()` reaches: it returns, or raises a `ServiceError`."""

    def check() -> None:
        ask()

    return check


def database_answers(app: App) -> Check:
    """Return a check of a service's own database."""
    return answers(lambda: app.query(lambda connection: connection.execute(_ONE).scalar_one()))


def relay_keeps_up(app: App, most_s: float = MOST_LAG_S) -> Check:
    """Return a check that no told event has waited `most_s` or longer for the broker."""

    def check() -> str | None:
        lag_s = app.query(backlog.relay_lag_s)
        return f"the oldest unrelayed event is {lag_s:.0f} s old" if lag_s >= most_s else None

    return check


def _json(body: Mapping[str, object], status: int = 200) -> Response:
    return Response(json.dumps(body), status, content_type="application/json")


_ONE = text("select 1")
