"""Where a process keeps what it is at work on; what a killed one leaves goes at the next start."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateways.child import end_left

LOCK, PREFIX = "lock", "process-"


@contextmanager
def scratch(within: Path) -> Iterator[Path]:
    """Give a folder inside another one, gone afterwards."""
    with tempfile.TemporaryDirectory(dir=within) as folder:
        yield Path(folder)


class WorkFolder:
    """A folder of one process below `root`, which many share: its own while its lock is held."""

    def __init__(self, root: Path) -> None:
        """Make the folder, after those of processes that are dead were deleted.

        Raises:
            OSError: `root` cannot be made or written.
        """
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _locked(root / LOCK):  # nobody takes a folder for a dead one's before it is locked
            for other in root.glob(f"{PREFIX}*"):
                _delete_if_dead(other)
            self.path = Path(tempfile.mkdtemp(dir=root, prefix=PREFIX))
            self._lock = _opened(self.path / LOCK)
            fcntl.flock(self._lock, fcntl.LOCK_EX)

    def close(self) -> None:
        """Delete the folder; what is still written there goes at the next start."""
        with _locked(self.path.parent / LOCK):  # nobody who starts meets half of it
            shutil.rmtree(self.path, ignore_errors=True)
            os.close(self._lock)


def _delete_if_dead(folder: Path) -> None:
    lock = _opened(folder / LOCK)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    else:
        end_left(folder)
        shutil.rmtree(folder)
    finally:
        os.close(lock)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    lock = _opened(path)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
