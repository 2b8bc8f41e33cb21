"""An internet for fetches: HTTPS servers in threads, names, and a place that nobody may reach."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import trustme

PUBLIC = "93.184.215.14"  # what names lead to, unless a test says otherwise

Answer = Callable[[BaseHTTPRequestHandler], None]


class Internet:
    """Connects to `PUBLIC` at port 443 by leading to a server of the test's.

    All other connections lead to a listener that stands for whatever else is there; `strangers`
    counts what it has accepted.
    """

    def __init__(self, server: int, listener: socket.socket, trust: ssl.SSLContext) -> None:
        self.names: dict[str, list[list[str]]] = {}  # each answer of a name; the last one stays
        self.asked: list[tuple[str, int]] = []
        self._server, self._listener, self._trust = server, listener, trust

    def resolve(self, host: str, port: int) -> Iterable[str]:
        answers = self.names.get(host, [[PUBLIC]])
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def connect(self, place: tuple[str, int], timeout_s: float) -> socket.socket:
        self.asked.append(place)
        port = self._server if place == (PUBLIC, 443) else self._listener.getsockname()[1]
        return socket.create_connection(("127.0.0.1", port), timeout_s)

    def trust(self) -> ssl.SSLContext:
        return self._trust

    @property
    def strangers(self) -> int:
        """How many have come to where nobody may."""
        count = 0
        while True:
            try:
                self._listener.accept()[0].close()
            except BlockingIOError:
                return count
            count += 1


@contextmanager
def internet(answers: Mapping[str, Answer], *names: str) -> Iterator[Internet]:
    """Yield an internet whose server answers these paths, with a certificate for these names."""
    authority = trustme.CA()
    shown, trusted = (
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH),
        ssl.create_default_context(),
    )
    authority.issue_cert(*names).configure_cert(shown)
    authority.configure_trust(trusted)
    with served(answers, shown) as port, socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield Internet(port, listener, trusted)


@contextmanager
def served(answers: Mapping[str, Answer], tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serve these paths in a thread while inside; yield the port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.close_connection = True
            answers[self.path](self)

        do_POST = do_GET

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def finish_request(self, request: Any, address: Any) -> None:
            if tls is not None:  # here, in the thread of the request
                request = tls.wrap_socket(request, server_side=True)
            with request:
                super().finish_request(request, address)

        def handle_error(self, *_: Any) -> None:
            """Say nothing: clients may leave as they like."""

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def body(content: bytes, *, length: int | None = None, **headers: str) -> Answer:
    """Answer 200 with that content; `length`: what is announced, if it is not its own."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(len(content) if length is None else length))
        for name, written in headers.items():
            request.send_header(name.replace("_", "-"), written)
        request.end_headers()
        request.wfile.write(content)

    return answer


def status(code: int) -> Answer:
    """Answer with that status and nothing else."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(code)
        request.end_headers()

    return answer


def leading_to(url: str) -> Answer:
    """Answer that it is to be found there."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(302)
        request.send_header("Location", url)
        request.end_headers()

    return answer


def endless(request: BaseHTTPRequestHandler) -> None:
    """Send as much as is taken, without having said how much."""
    request.send_response(200)
    request.end_headers()
    while True:
        request.wfile.write(bytes(1 << 16))


def trickling(leave: threading.Event) -> Answer:
    """Send a byte now and then, until told to leave."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        while not leave.wait(0.02):
            request.wfile.write(b"x")

    return answer


def silent(leave: threading.Event) -> Answer:
    """Begin a line, and wait."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 2")
        leave.wait()

    return answer
