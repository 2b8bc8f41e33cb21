"""The making of a cluster: initdb with passwords from the first moment on."""

import os
import secrets
import shutil
import subprocess
from pathlib import Path
from typing import BinaryIO

from chassis.errors import Unavailable
from servers.postgres_place import Place


def initialise(place: Place, data_dir: Path) -> None:
    """Make the cluster, whole or not at all: a run killed half way starts it anew."""
    password = secrets.token_urlsafe(24)
    part, handover = (place.cluster.with_suffix(".part"), place.cluster.with_name("password.part"))
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


def private_file(path: Path) -> BinaryIO:
    """Return `path` opened anew for writing, readable by its owner alone."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
