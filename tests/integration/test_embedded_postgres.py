"""The private PostgreSQL: its data outlive stops and crashes, and nobody gets in unasked."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import text

import servers.postgres
from chassis.database import postgres
from chassis.errors import Conflict, Unavailable
from servers.postgres import Server
from servers.postgres_place import Place, can_run, owner_of, packaged_binaries
from servers.postgres_process import processes_of
from waiting import until

OTHER_FILE_SYSTEM = Path("/dev/shm")  # noqa: S108 - a folder with a random name is made in it
OWNER = """
import sys
from pathlib import Path
from servers.postgres import Server
server = Server(Path(sys.argv[1]), durable=True)
server.start()
print(server.admin_url, flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder below one that is closed to others, as pytest's own is."""
    data_dir = tmp_path_factory.mktemp("kept") / "postgres"
    yield data_dir
    Server(data_dir).forget()


@pytest.fixture
def server(kept: Path) -> Iterator[Server]:
    """A stopped server over the data folder that the tests of this file share."""
    server = Server(kept, durable=False)
    yield server
    server.stop()


@pytest.fixture
def new_server(tmp_path: Path) -> Iterator[Server]:
    """A server that has never run."""
    server = Server(tmp_path / "postgres", durable=False)
    yield server
    server.forget()


def test_data_outlive_a_stop_and_a_new_owner(server: Server) -> None:
    with server:
        write(server, "before the stop")
    with Server(server.data_dir, durable=False) as again:
        assert "before the stop" in read(again)


def test_after_its_owner_was_killed_the_next_start_has_the_data(server: Server) -> None:
    orphan = kill_an_owner(server)
    assert orphan.is_running()
    with server:
        assert not orphan.is_running()
        assert "before the kill" in read(server)


def test_after_server_and_owner_were_killed_the_next_start_has_the_data(server: Server) -> None:
    orphan = kill_an_owner(server)
    orphan.kill()
    with server:
        assert "before the kill" in read(server)


def test_a_pid_file_that_names_a_stranger_neither_stops_us_nor_harms_the_stranger(
    server: Server,
) -> None:
    with server:
        write(server, "before the mix-up")
        cluster = cluster_of(server)
        account = psutil.Process(processes_of(cluster)[0].pid).uids().effective
    # PostgreSQL believes such a file if the stranger runs under its own account.
    with subprocess.Popen(["sleep", "60"], user=account) as stranger:
        lines = [stranger.pid, cluster, 1, 5432, cluster, "", "1 1", "ready"]
        for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):
            (cluster / name).write_text("\n".join(map(str, lines)) + "\n")
        with server:
            assert "before the mix-up" in read(server)
        assert stranger.poll() is None
        stranger.kill()


def test_a_wrong_password_is_refused(server: Server) -> None:
    with server, pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(server.url("postgres", "guessed", "postgres"))


def test_password_log_and_data_are_for_their_owner_alone(server: Server) -> None:
    with server:
        files = [server.data_dir / "password", server.data_dir / "postgres.log"]
        assert [file.stat().st_mode & 0o777 for file in files] == [0o600, 0o600]
        assert cluster_of(server).stat().st_mode & 0o777 == 0o700


def test_two_owners_at_once_are_refused(server: Server) -> None:
    with server:
        with pytest.raises(Conflict, match="in_use"):
            Server(server.data_dir).start()
        with pytest.raises(Conflict, match="in_use"):
            Server(server.data_dir).forget()
        write(server, "by the first owner")


def test_a_failed_start_shows_the_log_and_leaves_the_folder_free(server: Server) -> None:
    with server:
        conf = cluster_of(server) / "postgresql.conf"
    good = conf.read_text()
    conf.write_text("no_such_setting = 1\n")
    with pytest.raises(Unavailable, match="no_such_setting"):
        server.start()
    conf.write_text(good)
    with server:
        write(server, "after the failure")


def test_ctrl_c_in_the_terminal_does_not_reach_the_server(server: Server) -> None:
    with server:
        leader = os.getsid(processes_of(cluster_of(server))[0].pid)
        assert leader != os.getsid(0)


def test_a_first_start_cut_short_starts_anew(new_server: Server) -> None:
    with new_server:
        cluster = cluster_of(new_server)
    cluster.rename(cluster.with_name("cluster.part"))  # as a kill before the last step leaves it
    with new_server:
        assert read(new_server) == []


def test_what_a_killed_first_start_has_begun_is_ended_by_the_next(new_server: Server) -> None:
    command = [sys.executable, "-c", OWNER, str(new_server.data_dir)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE) as killed:
        until(lambda: _initdbs(killed.pid))
        left = _initdbs(killed.pid)
        for each in left:
            each.suspend()  # so that it is at work for as long as it is let
        killed.kill()
    new_server.start()
    assert [each for each in left if _lives(each)] == []


def _initdbs(pid: int) -> list[psutil.Process]:
    return [each for each in psutil.Process(pid).children() if each.name() == "initdb"]


def _lives(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def test_a_path_too_long_for_a_socket_is_served_on_loopback() -> None:
    top = Path(tempfile.mkdtemp())
    top.chmod(0o711)
    with Server(top / ("d" * 100) / "with space", durable=False) as deep:
        host = "127.0.0.1" if cluster_of(deep).is_relative_to(top) else "/"
        assert str(conninfo_to_dict(deep.admin_url)["host"]).startswith(host)
        write(deep, "far down")
        assert read(deep) == ["far down"]
    deep.forget()
    shutil.rmtree(top)


@pytest.mark.parametrize("name", ['two "rooms"', "one, two", "50 % off", "Bjørn's#?&=+:\\\\"])
def test_a_folder_may_have_any_name(name: str) -> None:
    top = Path(tempfile.mkdtemp())
    top.chmod(0o711)
    with Server(top / name, durable=False) as server:
        write(server, name)
        assert read(server) == [name]
        engine = postgres.engine(server.admin_url, name="test")  # reads URLs in its own way
        with engine.connect() as connection:
            assert connection.execute(text("select text from notes")).scalar_one() == name
        engine.dispose()
    server.forget()
    shutil.rmtree(top)


@pytest.mark.parametrize(
    "variable,setting",
    [
        ("PGSSLMODE", "require"),
        ("PGCHANNELBINDING", "require"),
        ("PGTARGETSESSIONATTRS", "standby"),
        ("PGCLIENTENCODING", "LATIN1"),
        ("PGOPTIONS", "-c search_path=nowhere"),
    ],
)
def test_what_the_callers_environment_says_of_another_server_is_not_meant_for_ours(
    server: Server, monkeypatch: pytest.MonkeyPatch, variable: str, setting: str
) -> None:
    monkeypatch.setenv(variable, setting)
    with server:
        write(server, "blåbær")
        assert "blåbær" in read(server)


def test_ctrl_c_while_the_server_starts_stops_it(server: Server) -> None:
    with pytest.raises(KeyboardInterrupt):
        Interrupted(server.data_dir, durable=False).start()
    with server:
        write(server, "after Ctrl-C")


def test_one_that_did_not_heed_the_first_word_is_told_again(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    # what runs behind a shell's `&` ignores SIGINT, and so does a server that has not begun
    monkeypatch.setattr(servers.postgres, "stop_cluster", lambda cluster: None)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with pytest.raises(KeyboardInterrupt):
            Interrupted(server.data_dir, durable=False).start()
    finally:
        signal.signal(signal.SIGINT, before)
    with server:
        write(server, "after Ctrl-C")


class Interrupted(Server):
    """One that is given up as soon as it is launched."""

    def _wait_until_ready(self, place: Place, process: subprocess.Popen[bytes]) -> None:
        raise KeyboardInterrupt


def test_forget_removes_what_the_server_made_and_nothing_else(new_server: Server) -> None:
    new_server.data_dir.mkdir()
    (new_server.data_dir / "mine.txt").write_text("mine")
    with new_server:
        cluster = cluster_of(new_server)
    new_server.forget()
    assert [path.name for path in new_server.data_dir.iterdir()] == ["mine.txt"]
    assert not cluster.exists()
    assert cluster.parent == new_server.data_dir or not cluster.parent.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the cluster to another account")
def test_as_root_no_folder_is_opened_for_the_account(server: Server) -> None:
    above = server.data_dir.parent
    modes = [folder.stat().st_mode for folder in (above, *above.parents)]
    assert above.stat().st_mode & 0o077 == 0
    with server:
        write(server, "as another account")
        assert 0 not in {it.uids().effective for it in processes_of(cluster_of(server))}
    assert [folder.stat().st_mode for folder in (above, *above.parents)] == modes


@pytest.mark.skipif(os.geteuid() != 0, reason="only root keeps a cluster elsewhere")
def test_as_root_a_copied_data_folder_does_not_share_its_cluster(
    server: Server, tmp_path: Path
) -> None:
    with server:
        assert cluster_of(server).parent != server.data_dir
    shutil.copy(server.data_dir / "elsewhere", tmp_path / "elsewhere")
    with pytest.raises(Unavailable, match="not_ours"):
        Server(tmp_path).start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root keeps a cluster elsewhere")
def test_as_root_a_folder_elsewhere_that_others_may_write_to_is_refused(server: Server) -> None:
    with server:
        home = cluster_of(server).parent
    home.chmod(0o777)
    with pytest.raises(Unavailable, match="not_ours"):
        server.start()
    home.chmod(0o711)


def kill_an_owner(server: Server) -> psutil.Process:
    """Write a row, kill the process that owns the server, and return the server left behind."""
    command = [sys.executable, "-c", OWNER, str(server.data_dir)]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, env=env, stdin=-1, stdout=-1) as owner:
        assert owner.stdout is not None
        with psycopg.connect(owner.stdout.readline().decode().strip()) as connection:
            connection.execute("create table if not exists notes (text text)")
            connection.execute("insert into notes values ('before the kill')")
            row = connection.execute("show data_directory").fetchone()
        owner.send_signal(signal.SIGKILL)
    assert row is not None
    pid = int((Path(row[0]) / "postmaster.pid").read_text().splitlines()[0])
    return psutil.Process(pid)


def write(server: Server, text: str) -> None:
    with psycopg.connect(server.admin_url) as connection:
        connection.execute("create table if not exists notes (text text)")
        connection.execute("insert into notes values (%s)", [text])


def read(server: Server) -> list[str]:
    with psycopg.connect(server.admin_url) as connection:
        connection.execute("create table if not exists notes (text text)")
        return [text for (text,) in connection.execute("select text from notes")]


def cluster_of(server: Server) -> Path:
    with psycopg.connect(server.admin_url) as connection:
        row = connection.execute("show data_directory").fetchone()
    assert row is not None
    return Path(row[0])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root keeps a cluster elsewhere")
@pytest.mark.skipif(not OTHER_FILE_SYSTEM.is_dir(), reason="there is one file system only")
def test_as_root_a_cluster_moves_to_another_file_system_although_a_kill_cuts_the_move() -> None:
    top = Path(tempfile.mkdtemp(dir=OTHER_FILE_SYSTEM))
    top.chmod(0o711)
    server = Server(top / "data", durable=False)
    with server:
        write(server, "before the folder was closed")
        # a checkout that is closed to the account too has its programs, and so all, elsewhere
        program = packaged_binaries() / "postgres"
        runs_here = can_run(owner_of(top / "data" / "cluster"), program)
        assert cluster_of(server).is_relative_to(top) == runs_here
    top.chmod(0o700)
    with server:
        assert read(server) == ["before the folder was closed"]
        home = cluster_of(server).parent
    # as a kill leaves it: half a copy there, and everything still here
    subprocess.run(["cp", "-a", home / "cluster", server.data_dir / "cluster"], check=True)
    shutil.rmtree(home / "cluster")
    (home / "cluster.part").mkdir()
    with server:
        assert read(server) == ["before the folder was closed"]
        assert not (server.data_dir / "cluster").exists()
    server.forget()
    shutil.rmtree(top)
