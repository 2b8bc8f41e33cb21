"""What a caller writes wrongly is refused before it runs: by mypy, over `misuse.py`."""

import re
from pathlib import Path

from mypy import api

ROOT = Path(__file__).parents[2]
PAGE = Path(__file__).parent / "misuse.py"
EXPECTED = re.compile(r"# refused: (.+)$")
FOUND = re.compile(rf"{PAGE.name}:(\d+): error: .*\[([a-z-]+)\]$")


def test_mypy_refuses_each_line_of_misuse_and_no_other() -> None:
    given = ["--strict", "--config-file", str(ROOT / "pyproject.toml"), str(PAGE)]
    said, _, _ = api.run([*given, "--cache-dir", str(ROOT / ".mypy_cache")])
    found: dict[int, set[str]] = {}
    for line in said.splitlines():
        if match := FOUND.search(line):
            found.setdefault(int(match[1]), set()).add(match[2])
    expected = {
        number: set(match[1].split(", "))
        for number, line in enumerate(PAGE.read_text("utf-8").splitlines(), 1)
        if (match := EXPECTED.search(line))
    }

    assert found == expected, said
    assert len(expected) > 10
