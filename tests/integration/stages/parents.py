"""A process that starts others, to be killed: `python -m integration.stages.parents <work> <what>`.

It says in which folder it works, and goes on until it is killed.
"""

import sys
import time
from pathlib import Path
from threading import Thread

from gateways.child import child
from gateways.pictures import inspect
from gateways.work_folder import WorkFolder, scratch
from video.gateways.ffmpeg import run, source


class Unhurried:
    """A job's control that is never cancelled."""

    def progress(self, percent: int, step: str) -> None:
        """Tell nobody."""

    def check(self) -> None:
        """Go on."""


def encode(work: WorkFolder) -> None:
    """Have ffmpeg encode a film that has no end, at the pace in which it is seen."""
    with scratch(work.path) as folder:
        endless = source("lavfi", "testsrc2=size=320x180:rate=25", "-re")
        run(folder, [*endless, "-f", "mp4", "film.mp4"], Unhurried())


def judge(work: WorkFolder) -> None:
    """Have a picture judged whose last byte never comes."""
    inspect(work.path.parent / "picture", "media", work.path)


def hold(work: WorkFolder) -> None:
    """Only start something that waits."""
    with scratch(work.path) as folder, child(["/bin/sleep", "600"], folder):
        time.sleep(600)


if __name__ == "__main__":
    mine = WorkFolder(Path(sys.argv[1]))
    for name in sys.argv[2:]:
        Thread(target={"encode": encode, "judge": judge, "hold": hold}[name], args=(mine,)).start()
    print(mine.path, flush=True)
