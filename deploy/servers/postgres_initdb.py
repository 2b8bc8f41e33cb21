"""The making of a cluster: initdb with passwords from the first moment on."""

import os
import secrets
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import psutil

from chassis.errors import Unavailable
from servers.postgres_place import Place
from servers.postgres_process import processes_of

END_S = 10.0


def initialise(place: Place, data_dir: Path) -> None:
    """Make the cluster, whole or not at all: a run killed half way starts it anew."""
    password = secrets.token_urlsafe(24)
    part, handover = (place.cluster.with_suffix(".part"), place.cluster.with_name("password.part"))
    _end_left(part)
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700)
    place.own(part)
    for path in (data_dir / "password", handover):
        with private_file(path) as file:
            file.write(password.encode("ascii"))
    place.own(handover)  # initdb reads it as the account, which the data folder may be closed to
    command = [str(place.binaries / "initdb"), "-D", str(part), "--username=postgres"]
    command += [f"--pwfile={handover}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **place.child()
    )
    handover.unlink()
    if done.returncode != 0:
        said = done.stdout.decode(errors="replace")
        raise Unavailable("embedded.initdb_failed", f"initdb failed:\n{said[-2000:]}")
    part.rename(place.cluster)


def _end_left(part: Path) -> None:
    """End the initdb of a run that was killed: it would go on writing where this one does."""
    left = processes_of(part)
    for found in psutil.process_iter(["cmdline"]):
        if str(part) in (found.info["cmdline"] or ()):
            with suppress(psutil.NoSuchProcess):
                left += [found, *found.children(recursive=True)]
    for each in left:
        with suppress(psutil.NoSuchProcess):
            each.kill()
    psutil.wait_procs(left, timeout=END_S)


def private_file(path: Path) -> BinaryIO:
    """Return `path` opened anew for writing, readable by its owner alone."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
