"""A webhook that takes what the official library finds signed, and remembers it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import stripe

SECRET = "whsec_stand_in"


@dataclass
class Webhook:
    """`answers` are given in turn, and 200 after them."""

    url: str = ""
    heard: list[stripe.Event] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    @property
    def types(self) -> list[str]:
        return [each.type for each in self.heard]


@contextmanager
def webhook() -> Iterator[Webhook]:
    """Yield one that listens."""
    made = Webhook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802 - the name is the standard library's
            body = self.rfile.read(int(self.headers["Content-Length"]))
            signed = self.headers["Stripe-Signature"]
            status = made.answers.pop(0) if made.answers else 200
            event = stripe.Webhook.construct_event(body, signed, SECRET)
            made.heard.append(event)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}/stripe"
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
