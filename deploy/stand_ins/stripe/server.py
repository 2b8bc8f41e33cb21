"""The HTTP server: the API, the pages and the switches, on 127.0.0.1 alone."""

import base64
import json
import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from stand_ins.stripe import api, pages
from stand_ins.stripe.form import decoded
from stand_ins.stripe.refusals import Refused
from stand_ins.stripe.switches import Switches, turned

MARK = {"Stand-In": "stripe; this is a stand-in and not Stripe"}
JSON, HTML = "application/json", "text/html; charset=utf-8"
MAX_BYTES = 1 << 20


class Server(ThreadingHTTPServer):
    """Answers each connection in a thread of its own, and cuts all of them when it ends."""

    daemon_threads = True
    request_queue_size = 128  # who comes at once

    def __init__(self, port: int, switches: Switches, key: str | None) -> None:
        """Listen on that port of 127.0.0.1, 0 for any that is free."""
        self.switches, self.key = switches, key
        self.open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection while it lives."""
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection that has ended."""
        self.open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep silent about a caller that went away, and about nothing else."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def cut(self) -> None:
        """End every connection: a stopped server answers nobody."""
        for each in list(self.open):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it has just ended by itself


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one segment: two would wait 40 ms for each other
    server: Server

    def do_GET(self) -> None:  # noqa: N802 - the name is the standard library's
        """Answer a look."""
        self._answer("")

    def do_POST(self) -> None:  # noqa: N802
        """Answer a change."""
        length = int(self.headers.get("Content-Length") or 0)
        if length > MAX_BYTES:
            self.close_connection = True
            return self._reply(413, JSON, "{}")
        self._answer(self.rfile.read(length).decode())

    def do_DELETE(self) -> None:  # noqa: N802
        """Answer as to any call that is not known."""
        self._answer("")

    def _answer(self, body: str) -> None:
        path = urlsplit(self.path).path
        if path.startswith("/v1/"):
            self._api(path, body)
        elif path.startswith("/_stand_in/"):
            self._switch(path.removeprefix("/_stand_in/"), body)
        else:
            self._page(path, body)

    def _api(self, path: str, body: str) -> None:
        try:
            params = decoded(body if self.command == "POST" else urlsplit(self.path).query)
        except Refused as refusal:
            return self._reply(refusal.status, JSON, json.dumps({"error": refusal.error}))
        call = api.Call(
            method=self.command,
            path=path,
            params=params,
            key=self._key(),
            idempotency_key=self.headers.get("Idempotency-Key"),
            version=self.headers.get("Stripe-Version"),
        )
        done = api.answer(self.server.switches.state, call, self.server.key)
        if done.lost:
            self.close_connection = True
            return
        self._reply(done.status, JSON, json.dumps(done.body), done.headers)

    def _key(self) -> str:
        """Return the API key, of the header or of HTTP's user name."""
        scheme, _, rest = self.headers.get("Authorization", "").partition(" ")
        if scheme == "Basic":
            return base64.b64decode(rest).decode().partition(":")[0]
        return rest.strip()

    def _switch(self, name: str, body: str) -> None:
        try:
            done = turned(self.server.switches, name, json.loads(body or "{}"))
        except Refused as refusal:
            return self._reply(refusal.status, JSON, json.dumps({"error": refusal.error}))
        self._reply(200, JSON, json.dumps(done))

    def _page(self, path: str, body: str) -> None:
        form = decoded(body) if self.command == "POST" else None
        status, content, back = pages.answered(self.server.switches, path, form)
        self._reply(status, HTML, content, {"Location": back} if back else None)

    def _reply(
        self, status: int, kind: str, content: str, headers: dict[str, str] | None = None
    ) -> None:
        body = content.encode()
        self.send_response(status)
        given = {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}
        for name, value in given.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def end_headers(self) -> None:
        """Mark every reply, an error's of the standard library too."""
        for name, value in MARK.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Keep silent: what was asked stands in the log of calls."""
