"""What the processes of a suite keep on disk while they are at work, and what they have started."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from journeys.stages.caught import Caught

# files that stand beside a child at work, below the suite's folder
JUDGING = "work/media/process-*/*/*.pid"
COMPILING = "work/video/process-*/*/*/pieces.txt"


@contextmanager
def standing(data: Path, file: str) -> Iterator[Caught]:
    """Hold nobody up; give a function that says whether such a file stands."""
    yield lambda: any(data.glob(file))


def children(data: Path) -> list[Path]:
    """Return the notes of what the processes have started and what is still at work."""
    notes = (data / "work").glob("*/process-*/**/*.pid")
    return [each for each in notes if psutil.pid_exists(int(each.stem))]


def left_over(data: Path) -> set[str]:
    """Return the names of the files below the work folders, but for the locks of processes."""
    return {path.name for path in (data / "work").rglob("*") if path.is_file()} - {"lock"}
