"""Another team's service and its caller: nameko as it comes, in processes without code of ours."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PATIENCE_S = 60.0

SERVICE = """
import json
import sys

from nameko.events import event_handler
from nameko.extensions import DependencyProvider


class Headers(DependencyProvider):
    def get_dependency(self, worker_ctx):
        return dict(worker_ctx.data)


class Ledger:
    name = "ledger"
    headers = Headers()

    @event_handler("billing", "invoice_paid")
    def on_paid(self, data):
        assert "chassis" not in sys.modules
        with open("heard.jsonl", "a") as book:
            written = json.dumps({"data": data, "headers": self.headers}, default=str)
            book.write(written + "\\n")
"""

CALLER = """
import json
import sys

from nameko.standalone.rpc import ClusterRpcProxy

given = json.load(sys.stdin)
config, context = {"AMQP_URI": given["uri"]}, {"auth_token": given["token"]}
with ClusterRpcProxy(config, context_data=context, timeout=30) as cluster:
    for service, method, arguments in given["calls"]:
        try:
            said = {"reply": getattr(cluster[service], method)(**arguments)}
        except Exception as error:
            said = {"raised": type(error).__name__, "reads": str(error)}
        print(json.dumps(said))
assert "chassis" not in sys.modules
"""


class Ledger:
    """The service while it runs."""

    def __init__(self, folder: Path) -> None:
        self.book = folder / "heard.jsonl"

    def heard(self) -> list[dict[str, Any]]:
        """Return what it has heard, with the message's headers."""
        if not self.book.exists():
            return []
        return [json.loads(line) for line in self.book.read_text("utf-8").splitlines()]


@contextmanager
def listening(uri: str, folder: Path) -> Iterator[Ledger]:
    """Run the service by nameko's own command line, until the end of this."""
    folder.mkdir()
    (folder / "ledger.py").write_text(SERVICE, encoding="utf-8")
    config = f"AMQP_URI: {json.dumps(uri)}\nDECLARE_EVENT_EXCHANGES: false\n"
    (folder / "config.yaml").write_text(config, encoding="utf-8")
    command = [*_python(), "-m", "nameko", "run", "ledger", "--config", "config.yaml"]
    with (folder / "log").open("w+b") as log:
        process = subprocess.Popen(command, cwd=folder, env=_bare(), stdout=log, stderr=log)
        try:
            _wait_until_connected(process, folder / "log")
            yield Ledger(folder)
        finally:
            process.terminate()
            process.wait(PATIENCE_S)


def _wait_until_connected(process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE_S
    while "Connected to amqp" not in log.read_text("utf-8"):
        assert process.poll() is None and time.monotonic() < until, log.read_text("utf-8")


def call(uri: str, token: str | None, calls: Sequence[tuple[str, str, Any]]) -> list[Any]:
    """Return what a plain caller gets or meets, call by call."""
    given = json.dumps({"uri": uri, "token": token, "calls": calls})
    ended = subprocess.run(
        [*_python(), "-c", CALLER],
        input=given,
        env=_bare(),
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE_S,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]


def _python() -> list[str]:
    return [sys.executable, "-W", "ignore"]


def _bare() -> dict[str, str]:
    return {"PATH": os.environ["PATH"]}  # and no PYTHONPATH
