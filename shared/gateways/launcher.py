"""A program of its own: becomes the program that it is given, which then dies with its parent.

`python launcher.py <parent> <program> <argument> …`; it imports nothing of ours. Its id, which is
the program's too, is the name of a note in the folder that it runs in.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(parent: int, program: str, *arguments: str) -> None:
    """Become the program, unless the parent has died before it could be known of."""
    os.close(os.open(f"{os.getpid()}.pid", os.O_CREAT | os.O_EXCL, 0o600))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() == parent:
        os.execve(program, [program, *arguments], {})  # noqa: S606


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
