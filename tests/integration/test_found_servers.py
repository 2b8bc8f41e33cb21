"""A suite on this machine: the broker that it is given, and its end."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from demo import __main__ as demo
from distributed import __main__ as up_local
from distributed.found import _answers, servers

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


@pytest.mark.parametrize(("name", "prefix"), [("demo", "demo_"), ("up-local", "local_")])
def test_on_given_servers_all_that_is_made_has_a_prefix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, prefix: str
) -> None:
    monkeypatch.setenv("RABBITMQ_ADMIN_PASSWORD", "any")
    given = {
        "DATABASE_URL": "postgresql://postgres@db.example/postgres",
        "AMQP_URI": "amqp://admin:any@broker.example",
    }
    assert {"demo": demo.PREFIX, "up-local": up_local.PREFIX}[name] == prefix
    with servers(tmp_path / name, given, prefix) as found:
        assert found.inventory.named("auth_owner") == f"{prefix}auth_owner"
        assert found.inventory.rabbitmq.vhost == f"{prefix}ai-studio"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_suite_ends_by_a_signal_as_by_ctrl_c(number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", WAITING], stdout=-1, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "waits\n"
        process.send_signal(number)
        assert process.stdout.read() == "ended\n"
