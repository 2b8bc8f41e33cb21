"""A suite on this machine: the broker that it is given, and its end."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from distributed.found import _answers

WAITING = """
import signal
from distributed.suite import end_as_ctrl_c

end_as_ctrl_c()
try:
    print("waits", flush=True)
    signal.pause()
except KeyboardInterrupt:
    print("ended")
"""


@pytest.mark.parametrize(("port", "is_it"), [(5672, True), (5673, False)])
def test_rabbitmqctl_is_asked_whether_it_is_of_that_broker(
    tmp_path: Path, port: int, is_it: bool
) -> None:
    ctl = tmp_path / "rabbitmqctl"
    ctl.write_text("""#!/bin/sh\necho 'a warning\n{"listeners": [{"port": 5672}]}'\n""", "utf-8")
    ctl.chmod(0o700)
    assert _answers(str(ctl), port) is is_it


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_suite_ends_by_a_signal_as_by_ctrl_c(number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", WAITING], stdout=-1, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "waits\n"
        process.send_signal(number)
        assert process.stdout.read() == "ended\n"
