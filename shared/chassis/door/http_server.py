"""A WSGI application on a port, answered by plain threads."""

import threading
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from chassis.door.pacing import PacedHandler


class HttpServer:
    """Listens from its making on, answers from `start` to `stop`."""

    def __init__(self, host: str, port: int, app: Any) -> None:
        """Take the port; 0 takes any free one. Raises `OSError` for one that is taken."""
        try:
            self._server = make_server(host, port, app, threaded=True, request_handler=_Quiet)
        except SystemExit as taken:  # werkzeug's answer to a port that is in use
            raise OSError(f"{host}:{port} is taken") from taken
        self.port: int = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Stop answering and give the port back."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()


class _Quiet(PacedHandler, WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Write no access log: links hold what lets their holder in."""
