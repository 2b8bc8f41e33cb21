"""The private RabbitMQ of the tests."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import kombu
import psutil
import pytest

from servers.rabbit import Broker, private_broker

OWNER = """
import signal
import sys
from pathlib import Path
from servers.rabbit import private_broker
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell in the background ignores it
with private_broker(Path(sys.argv[1])):
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def own_broker(broker: Broker) -> Broker:
    if broker.node is None:
        pytest.skip("AMQP_URI names a broker that the tests may not stop")
    return broker


def test_a_virtual_host_starts_empty_and_goes_with_its_test(own_broker: Broker) -> None:
    with own_broker.vhost() as uri:
        with kombu.Connection(uri) as connection, connection.SimpleQueue("letters") as queue:
            queue.put({"text": "hello"})
            assert queue.get(timeout=180).payload == {"text": "hello"}
        name = uri.rpartition("/")[2]
        assert name in own_broker.ctl("list_vhosts").split()
    assert name not in own_broker.ctl("list_vhosts").split()


def test_a_killed_node_comes_back_with_its_virtual_hosts(own_broker: Broker) -> None:
    with own_broker.vhost() as uri:
        own_broker.kill()
        with pytest.raises(OSError, match="refused"), kombu.Connection(uri) as connection:
            connection.connect()
        own_broker.start()
        with kombu.Connection(uri) as connection:
            connection.connect()


def test_a_stopped_broker_starts_again(own_broker: Broker) -> None:
    own_broker.stop_app()
    with pytest.raises(OSError, match="refused"), kombu.Connection(own_broker.uri) as connection:
        connection.connect()
    own_broker.start_app()
    with kombu.Connection(own_broker.uri) as connection:
        connection.connect()


def test_an_interrupted_run_leaves_no_process_and_no_file(
    own_broker: Broker, tmp_path: Path
) -> None:
    folder = tmp_path / "rabbit"
    command = [sys.executable, "-c", OWNER, str(folder)]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, env=env, stdin=-1, stdout=-1, stderr=-1) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"ready\n"
        assert processes_below(folder)
        owner.send_signal(signal.SIGINT)
        owner.wait(timeout=180)
    assert processes_below(folder) == []
    assert not folder.exists()


def test_a_broker_that_amqp_uri_names_is_used_and_left_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AMQP_URI", "amqp://guest:guest@broker.example/")
    with private_broker(tmp_path) as broker:
        assert broker == Broker(uri="amqp://guest:guest@broker.example/", node=None)


def processes_below(folder: Path) -> list[str]:
    """Return the commands of the live processes whose HOME is `folder`."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("HOME") == str(folder):
                found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return found
