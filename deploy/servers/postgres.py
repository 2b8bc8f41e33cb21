"""A private PostgreSQL of the suite, from the binaries of a wheel.

A data folder holds `cluster/` (or, as root, `elsewhere`: see `postgres_place`), `password` (of the
role postgres), `postgres.log` (of the latest start) and `lock` (held while a `Server` runs).
"""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlencode

from chassis.errors import Conflict, Unavailable
from servers.postgres_initdb import initialise, private_file
from servers.postgres_place import RECORD, Place, find_place, recorded_home
from servers.postgres_process import stop_cluster

START_DEADLINE_S = 60.0  # recovery after a crash included
SOCKET_PORT = 5432  # only a part of the socket's file name
SOCKET_PATH_MAX = 103  # bytes: 107 on Linux, 103 on macOS

UNFIT_FOR_SOCKET = frozenset(',"')  # a comma ends a host, a quote a folder's name
# A PGSSLMODE or PGOPTIONS of the caller is not meant for us.
CLIENT = {
    "sslmode": "disable",
    "gssencmode": "disable",
    "channel_binding": "disable",
    "client_encoding": "utf8",
    "target_session_attrs": "any",
    "options": "-ctimezone=UTC",
}

SETTINGS = {"max_connections": "200", "shared_buffers": "256MB"}  # as in docker-compose.yml
NOT_DURABLE = {
    **{"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"},
    # passwords for tests guard nothing, and each connection would compute 4 096 hashes, twice
    "scram_iterations": "1",
}
HEEDS_S = 2.0  # within which a server that was told to end is gone, else it is told again


class Server:
    """PostgreSQL over one data folder, running from `start` to `stop`; also a context manager.

    It listens on a socket inside the cluster or, where that path is too long, on a free port of
    127.0.0.1; either way only with a password. With `durable=False` a crash of the machine may
    cost the data; for tests. One process at a time may run a data folder.
    """

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        self.data_dir = data_dir.resolve()
        self.durable = durable
        self.port: int | None = None  # None: the socket
        self._place: Place | None = None
        self._lock: int | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server and return once it accepts connections; the first time, make the data.

        A server that a killed owner left behind is stopped first: it may run with other settings.

        Raises:
            Conflict: another process runs this data folder, or this one already does.
            Unavailable: it did not start; the message ends with the log's last lines.
        """
        make_folder(self.data_dir)
        self._lock = take_lock(self.data_dir)
        try:
            self._place = place = find_place(self.data_dir)
            stop_cluster(place.cluster)
            if not place.cluster.exists():
                initialise(place, self.data_dir)
            self._process = self._launch(place)
            self._wait_until_ready(place, self._process)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server; connections still open are cut. Without a server, do nothing."""
        try:
            if self._process is not None:
                self._process.send_signal(signal.SIGINT)  # too young to be found by its folder
            if self._place is not None:
                stop_cluster(self._place.cluster)
            while self._process is not None and self._process.poll() is None:
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(HEEDS_S)
                    break
                # younger still: where callers ignore SIGINT it does too, until it has begun
                self._process.send_signal(signal.SIGINT)
        finally:
            if self._lock is not None:
                os.close(self._lock)
            self._place = self._process = self._lock = None

    def forget(self) -> None:
        """Stop the server and remove its data, wherever they stand, and nothing else.

        Raises:
            Conflict: another process runs this data folder.
        """
        self.stop()
        if not self.data_dir.exists():
            return
        lock = take_lock(self.data_dir)
        try:
            home = recorded_home(self.data_dir)
            stop_cluster(home / "cluster")
            if home != self.data_dir and home.exists():
                shutil.rmtree(home)
            for name in ("cluster", "cluster.part"):
                with suppress(FileNotFoundError):
                    shutil.rmtree(self.data_dir / name)
            for name in (RECORD, "password", "password.part", "postgres.log", "lock"):
                (self.data_dir / name).unlink(missing_ok=True)
        finally:
            os.close(lock)
        with suppress(OSError):  # somebody else's files are in it
            self.data_dir.rmdir()

    @property
    def admin_url(self) -> str:
        """The URL of the database postgres as the superuser postgres."""
        password = (self.data_dir / "password").read_text(encoding="ascii")
        return self.url("postgres", password, "postgres")

    def url(self, role: str, password: str, database: str) -> str:
        """Return the URL of `database` for `role`, as libpq and SQLAlchemy read it.

        Raises:
            Unavailable: the server is not running.
        """
        if self._place is None:
            raise Unavailable("embedded.postgres_stopped")
        who = f"{quote(role, safe='')}:{quote(password, safe='')}"
        name = quote(database, safe="")
        if self.port is not None:
            where = {"host": "127.0.0.1", "hostaddr": "127.0.0.1", "port": self.port}
        else:
            where = {"host": self._place.cluster, "port": SOCKET_PORT}
        return f"postgresql://{who}@/{name}?{urlencode(where | CLIENT, quote_via=quote)}"

    def _launch(self, place: Place) -> subprocess.Popen[bytes]:
        settings = SETTINGS | ({} if self.durable else NOT_DURABLE)
        socket_path = os.fsencode(place.cluster / f".s.PGSQL.{SOCKET_PORT}")
        fits = UNFIT_FOR_SOCKET.isdisjoint(str(place.cluster))
        if fits and len(socket_path) <= SOCKET_PATH_MAX:
            self.port = None
            settings |= {"listen_addresses": "", "port": str(SOCKET_PORT)}
            settings |= {"unix_socket_directories": f'"{place.cluster}"'}  # it is a list
        else:
            self.port = free_port()
            settings |= {"listen_addresses": "127.0.0.1", "port": str(self.port)}
            settings |= {"unix_socket_directories": ""}
        command = [str(place.binaries / "postgres"), "-D", str(place.cluster)]
        for name, setting in settings.items():
            command += ["-c", f"{name}={setting}"]
        with private_file(self.data_dir / "postgres.log") as log:
            return subprocess.Popen(command, stdout=log, stderr=log, **place.child())

    def _wait_until_ready(self, place: Place, process: subprocess.Popen[bytes]) -> None:
        """Return once the server itself says it is ready, which needs no connection."""
        deadline = time.monotonic() + START_DEADLINE_S
        status = place.cluster / "postmaster.pid"
        while time.monotonic() < deadline and process.poll() is None:
            with suppress(FileNotFoundError):
                lines = status.read_text(encoding="utf-8").splitlines()
                if len(lines) > 7 and lines[0] == str(process.pid) and lines[7].strip() == "ready":
                    return
            time.sleep(0.02)
        log = (self.data_dir / "postgres.log").read_text(encoding="utf-8", errors="replace")
        raise Unavailable("embedded.postgres_failed", f"PostgreSQL did not start:\n{log[-2000:]}")


def make_folder(data_dir: Path) -> None:
    """Make the data folder; the account that serves root's clusters may pass through it."""
    if not data_dir.exists():
        data_dir.mkdir(parents=True)
        data_dir.chmod(0o711 if os.geteuid() == 0 else 0o700)


def take_lock(data_dir: Path) -> int:
    """Return the descriptor that holds the data folder; the system frees it when we die."""
    lock = os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise Conflict("embedded.in_use", f"another process uses {data_dir}") from None
    return lock


def free_port() -> int:
    """Return a port of 127.0.0.1 that is free at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
