"""Mutants: one small edit of the code each, which breaks one promise and must make one test fail.

`<name>.toml` beside this file says what it `breaks`, in which `file` the text `old` becomes `new`,
and which `test` (a pytest node id) has to notice.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]


class Stale(Exception):
    """The code has changed: there is not exactly one place where the mutant belongs."""


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One of them."""

    name: str
    breaks: str
    file: str
    old: str
    new: str
    test: str

    def changed(self, tree: Path) -> str:
        """Return the file's text with the edit. Raises `Stale`."""
        text = (tree / self.file).read_text("utf-8")
        found = text.count(self.old)
        if found != 1:
            raise Stale(f"{self.name}: {self.file} has its old text {found} times, not once")
        return text.replace(self.old, self.new)

    def infect(self, tree: Path) -> None:
        """Make the edit in a tree of files. Raises `Stale`."""
        changed = self.changed(tree)
        (tree / self.file).write_text(changed, "utf-8")


def all_mutants() -> list[Mutant]:
    """Return the mutants by name. Raises `TypeError` where a file lacks an entry or has another."""
    return [
        Mutant(name=path.stem, **tomllib.loads(path.read_text("utf-8")))
        for path in sorted(FOLDER.glob("*.toml"))
    ]
