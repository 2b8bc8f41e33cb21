"""The stand-in as a whole: in the process of who makes it, or as a program."""

from pathlib import Path
from threading import Thread
from typing import Self

from stand_ins.stripe import checkout
from stand_ins.stripe.deliveries import Deliveries
from stand_ins.stripe.server import Server
from stand_ins.stripe.state import State
from stand_ins.stripe.switches import Switches


class StandIn(Switches):
    """A stand-in for Stripe, from `start` to `stop`; its methods are its switches.

    What it knows is lost at its end, unless it has a folder: with one, another goes on from there,
    however this one ended.
    """

    def __init__(self, folder: Path | None = None, port: int = 0, key: str | None = None) -> None:
        """Serve on that port of 127.0.0.1, 0 for any; `key`: the only API key that it takes."""
        super().__init__(State(folder=folder))
        self._server = Server(port, self, key)
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), name="stand-in")
        self._deliveries = Deliveries(self.state)
        self.state.base = self.url
        for session in self.objects("checkout.session"):
            if session["url"]:  # of an earlier process, perhaps on another port
                there = checkout.page(self.state, session["id"])
                self.state.get("checkout.session", session["id"])["url"] = there

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._server.server_port

    @property
    def url(self) -> str:
        """Where it listens: the official library's `base_addresses["api"]`."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Answer calls and tell events."""
        self._thread.start()
        self._deliveries.start()
        return self

    def stop(self) -> None:
        """Answer nobody any more, and tell nothing."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._server.cut()
        self._deliveries.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
