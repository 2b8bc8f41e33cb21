"""A process that is told to stop: by a signal, whatever it waits for."""

import signal
import subprocess
import sys

import pytest

from integration.stages.nameko_process import line

WAITS = """
from chassis.running.process import Ending

ending = Ending()
assert not ending.within(0)
print("waits", flush=True)
while not ending.within(3_600):
    pass
print("told", flush=True)
"""
GREEN = "from chassis.green import green\n"


@pytest.mark.parametrize("script", [WAITS, GREEN + WAITS], ids=["work", "serve"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_is_noticed_at_once(script: str, number: signal.Signals) -> None:
    command = [sys.executable, "-W", "ignore", "-c", script]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=-1, bufsize=0) as process:
        try:
            assert line(process) == "waits"
            process.send_signal(number)
            assert line(process) == "told"
        finally:
            process.kill()
