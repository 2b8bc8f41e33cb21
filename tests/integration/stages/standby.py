"""Two PostgreSQL: one that takes writes, and its standby, as operators set them up."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
from sqlalchemy import make_url

from servers.postgres import Server, make_folder
from servers.postgres_place import find_place
from servers.postgres_process import processes_of
from waiting import until

SERVER = ("host", "hostaddr", "port")


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A primary, and the standby that follows it."""

    primary: Server
    standby: Server

    def cut(self) -> None:
        """Let the standby have all that the primary has, and nothing more from now on."""
        with (
            psycopg.connect(self.primary.admin_url, autocommit=True) as primary,
            psycopg.connect(self.standby.admin_url, autocommit=True) as standby,
        ):
            (written,) = primary.execute("select pg_current_wal_lsn()").fetchone() or ()
            replayed = "select pg_last_wal_replay_lsn() >= %s::pg_lsn"
            until(lambda: standby.execute(replayed, (written,)).fetchone() == (True,))
            standby.execute("alter system set primary_conninfo = ''")
            standby.execute("select pg_reload_conf()")
            receiving = "select count(*) from pg_stat_wal_receiver"
            until(lambda: standby.execute(receiving).fetchone() == (0,))

    def fail_over(self) -> None:
        """Kill the primary with all its processes, and let the standby take its place."""
        for process in processes_of(find_place(self.primary.data_dir).cluster):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        with psycopg.connect(self.standby.admin_url, autocommit=True) as admin:
            assert admin.execute("select pg_promote()").fetchone() == (True,)

    def url(self, url: str) -> str:
        """Return the URL of a database, by both servers: that one which takes writes."""
        first, second = make_url(url).query, make_url(self.standby.admin_url).query
        both = {name: f"{first[name]},{second[name]}" for name in SERVER if name in first}
        made = make_url(url).update_query_dict({**both, "target_session_attrs": "read-write"})
        return made.render_as_string(hide_password=False)


@contextmanager
def pair(folder: Path, *, synchronous: bool = True) -> Iterator[Pair]:
    """Yield both, gone afterwards. `synchronous`: each commit waits for the standby."""
    primary, standby = Server(folder / "primary"), Server(folder / "standby")
    try:
        with primary:
            _copy(primary, standby)
            with standby:
                if synchronous:
                    _wait_for_each_other(primary)
                yield Pair(primary=primary, standby=standby)
    finally:
        standby.forget()
        primary.forget()


def _copy(primary: Server, standby: Server) -> None:
    make_folder(standby.data_dir)
    (standby.data_dir / "password").write_bytes((primary.data_dir / "password").read_bytes())
    place = find_place(standby.data_dir)
    command = [str(place.binaries / "pg_basebackup"), "--pgdata", str(place.cluster)]
    command += ["--write-recovery-conf", "--checkpoint=fast", "--dbname", primary.admin_url]
    place.cluster.mkdir(mode=0o700)
    place.own(place.cluster)
    subprocess.run(command, check=True, **place.child())


def _wait_for_each_other(primary: Server) -> None:
    with psycopg.connect(primary.admin_url, autocommit=True) as admin:
        admin.execute("alter system set synchronous_standby_names = '*'")
        admin.execute("select pg_reload_conf()")
        state = "select count(*) from pg_stat_replication where sync_state = 'sync'"
        until(lambda: admin.execute(state).fetchone() == (1,))
