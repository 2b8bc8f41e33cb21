"""Unit tests touch nothing: neither the network nor other processes."""

import socket
import subprocess
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module", autouse=True)
def _unit_tests_touch_nothing() -> Iterator[None]:
    """Refuse connections and processes: what needs one is no unit test."""

    def refuse(sock: socket.socket, address: object) -> None:
        raise AssertionError(f"a unit test connects to {address!r}")

    def refuse_process(process: object, command: object, *_: object, **__: object) -> None:
        raise AssertionError(f"a unit test starts {command!r}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse)
        patch.setattr(socket.socket, "connect_ex", refuse)
        patch.setattr(subprocess.Popen, "__init__", refuse_process)
        yield
