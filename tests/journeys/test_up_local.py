"""`make up-local` as somebody types it: what it says works, and a process that dies comes back."""

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from servers.rabbit_node import installed
from waiting import until

ROOT = Path(__file__).parents[2]
READY_S = 300.0

pytestmark = pytest.mark.long


@pytest.fixture
def told(tmp_path: Path) -> Iterator["UpLocal"]:
    if installed() is None:
        pytest.skip("no rabbitmq-server here, which make up-local starts")
    running = UpLocal(tmp_path)
    yield running
    running.end()


class UpLocal:
    """The command, and what it has said so far."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.said = folder / "up-data", folder / "said"
        given = {"PATH", "HOME", "LANG"} & os.environ.keys()
        env = {name: os.environ[name] for name in given}
        env["PYTHONPATH"] = os.pathsep.join(sys.path)
        command = [sys.executable, "-m", "distributed", "--data", str(self.folder)]
        with self.said.open("wb") as said:
            self.process = subprocess.Popen(command, env=env, cwd=ROOT, stdout=said, stderr=said)
        self.wait_for("Ctrl-C stops it")

    def text(self) -> str:
        return self.said.read_text("utf-8")

    def wait_for(self, line: str) -> None:
        until(lambda: line in self.text() or self.process.poll() is not None, READY_S, line)
        assert line in self.text(), self.text()

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children()

    def typed(self, beginning: str) -> str:
        """Type the line that it says and that begins so; return what is answered."""
        (line,) = [each for each in self.text().splitlines() if each.startswith(beginning)]
        done = subprocess.run(["sh", "-c", line], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def end(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(120)


def test_what_it_says_works_and_what_dies_is_started_again(told: UpLocal) -> None:
    assert "'kid': '1'" in told.typed("AMQP_URI=")
    assert "system admin " in told.typed("echo ")
    (serve,) = [each for each in told.children() if "media serve" in shlex.join(each.cmdline())]
    serve.kill()
    told.wait_for("media-serve-0 is ready again")
    assert re.search(
        "media-serve-0 ended by itself, by signal 9: started again in 1 s", told.text()
    )
    findings = told.typed(".venv/bin/suitectl doctor")
    assert "media" in findings
    children = told.children()
    assert told.end() == 0 and told.text().endswith("stopped\n")
    assert [each for each in children if each.is_running()] == []
