"""The PostgreSQL processes of one cluster: found by their folder, stopped for certain.

The pid in `postmaster.pid` is only a number: after a crash it may belong to a stranger. Every
PostgreSQL process works in its cluster's folder, so that is what tells ours from others.
"""

import signal
from contextlib import suppress
from pathlib import Path

import psutil

from chassis.errors import Unavailable

STEPS = (
    (signal.SIGINT, 20.0),  # fast: roll back, write everything out
    (signal.SIGQUIT, 5.0),  # immediate: the next start recovers
    (signal.SIGKILL, 5.0),
)


def stop_cluster(cluster: Path) -> None:
    """Stop whatever serves `cluster`, and remove the lock files of those who could not.

    Raises:
        Unavailable: a process of the cluster outlived even SIGKILL.
    """
    for order, patience_s in STEPS:
        processes = processes_of(cluster)
        if not processes:
            break
        for process in leaders(processes) if order != signal.SIGKILL else processes:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(order)
        psutil.wait_procs(processes, timeout=patience_s)
    if processes_of(cluster):
        raise Unavailable("embedded.postgres_stuck", f"a process keeps serving {cluster}")
    # Left behind by a crash, they would name a pid that may be anybody's by now, and PostgreSQL
    # would refuse to start. Nobody serves the cluster: that was looked up, not guessed.
    for lock_file in (cluster / "postmaster.pid", *cluster.glob(".s.PGSQL.*")):
        lock_file.unlink(missing_ok=True)


def processes_of(cluster: Path) -> list[psutil.Process]:
    """Return the live PostgreSQL processes that serve `cluster`."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.name() == "postgres" and process.cwd() == str(cluster):
                found.append(process)
    return found


def leaders(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Return the processes that no other one of `processes` has started: the postmaster."""
    pids = {process.pid for process in processes}
    leading = []
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            if process.ppid() not in pids:
                leading.append(process)
    return leading
