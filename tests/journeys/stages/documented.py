"""What stands in the documents, run as it stands there, in processes of its own."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def script(page: str, containing: str) -> str:
    """Return the one Python script of a page that contains these words."""
    blocks = re.findall(r"^```python\n(.*?)^```$", (ROOT / page).read_text("utf-8"), re.M | re.S)
    (found,) = [each for each in blocks if containing in each]
    return str(found)


def started(
    script: str, uri_file: Path, folder: Path, *, before: str = ""
) -> "subprocess.Popen[str]":
    """Run a script in a folder, with no variable but those of the file that a caller is given.

    `before`: what is done first in its process.
    """
    (folder / "script.py").write_text(before + script, encoding="utf-8")
    python = f"exec {sys.executable} -W ignore script.py"
    return subprocess.Popen(
        ["sh", "-c", f"set -a; . {uri_file}; {python}"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "shared")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
