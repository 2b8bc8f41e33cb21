"""The HTTP server, on 127.0.0.1 alone."""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from fal.answers import Answer, answered, page, said
from fal.faults import Fault
from fal.state import Asked, State

MARK = "fal; this is a stand-in and not fal"
LOCKED = (
    "User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard/billing."
)
UNDONE: tuple[Fault, ...] = ("rate_limited", "unavailable", "locked")
DONE: tuple[Fault, ...] = ("reply_lost", "silent", "broken", "html", "redirected")


class Server(ThreadingHTTPServer):
    """Answers each connection in a thread of its own."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, state: State) -> None:
        self.state = state
        super().__init__(("127.0.0.1", 0), Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep silent about a caller that went away, and about nothing else."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one segment: two would wait 40 ms for each other
    server: Server

    def _do(self) -> None:
        state = self.server.state
        parts = urlsplit(self.path)
        asked = Asked(
            method=self.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query)),
            headers={name.lower(): each for name, each in self.headers.items()},
            body=self.rfile.read(int(self.headers.get("Content-Length") or 0)),
        )
        state.calls.append(asked)
        fault = state.faults.struck(UNDONE, asked.name)
        if fault is not None:
            return self._reply(_undone(fault))
        done = answered(state, asked)
        match state.faults.struck(DONE, asked.name):
            case None:
                self._reply(done)
            case "reply_lost":
                self.close_connection = True
            case "silent":
                state.leaving.wait(60)
                self.close_connection = True
            case "redirected":
                self._reply(Answer(status=307, content=b"", headers={"Location": self.path}))
            case each:
                self._reply(page(502 if each == "broken" else 200))

    do_GET = do_POST = do_PUT = do_DELETE = _do  # noqa: N815 - the names are the standard library's

    def _reply(self, answer: Answer) -> None:
        length = len(answer.content) if answer.length is None else answer.length
        self.send_response(answer.status)
        given = {"Content-Type": answer.kind, "Content-Length": str(length), **answer.headers}
        for name, value in {**given, "Stand-In": MARK}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.content)
        self.close_connection |= length != len(answer.content)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep silent: what was asked stands in the list of calls."""


def _undone(fault: Fault) -> Answer:
    match fault:
        case "rate_limited":
            return said(429, {"detail": "Too many requests"})
        case "locked":
            return said(403, {"detail": LOCKED})
        case _:
            return said(503, {"detail": "No runner", "error_type": "runner_scheduling_failure"})
