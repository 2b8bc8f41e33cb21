"""The suite's source text: its files, what each imports, and which part of the suite it is."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOTS = ("services", "shared", "deploy")
SERVICES = tuple(sorted(path.parent.name for path in (ROOT / "services").glob("*/__main__.py")))
DEPLOYED = tuple(sorted(path.parent.name for path in (ROOT / "deploy").glob("*/__init__.py")))


@dataclass(frozen=True, kw_only=True)
class Source:
    """One file: `name` is what it is imported as, `path` where it lies in the repository."""

    path: Path
    name: str

    @property
    def where(self) -> str:
        """The path as a reader writes it: 'services/auth/app.py'."""
        return str(self.path.relative_to(ROOT))

    @property
    def lines(self) -> int:
        """How many lines the file has."""
        return len(self.path.read_text(encoding="utf-8").splitlines())

    @property
    def code_lines(self) -> int:
        """How many of them are code: no blank ones, no comments, no docstrings."""
        documented = {
            number
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and ast.get_docstring(node) is not None
            for number in range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1)
        }
        text = self.path.read_text(encoding="utf-8").splitlines()
        return sum(
            1
            for number, line in enumerate(text, 1)
            if line.strip() and not line.strip().startswith("#") and number not in documented
        )

    @property
    def tree(self) -> ast.Module:
        """The file as Python reads it."""
        return _parsed(self.path)

    @property
    def package(self) -> str:
        """What the name begins with: a service, 'chassis', 'contracts', …"""
        return self.name.partition(".")[0]

    def imports(self) -> Iterator[str]:
        """Yield the modules that the file imports, wherever in it."""
        for node in ast.walk(self.tree):
            match node:
                case ast.Import(names=names):
                    yield from (each.name for each in names)
                case ast.ImportFrom(module=module, names=names, level=level):
                    assert level == 0, f"{self.where} imports by a relative name"
                    for each in names:
                        inner = f"{module}.{each.name}"
                        yield inner if is_module(inner) else str(module)


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def is_module(name: str) -> bool:
    """Return whether one of ours is called so."""
    places = [ROOT / root / name.replace(".", "/") for root in ROOTS]
    return any(place.is_dir() or place.with_suffix(".py").is_file() for place in places)


def sources(*roots: str) -> list[Source]:
    """Return the files below these roots, or below all of them."""
    return [
        Source(path=path, name=_name(path, root))
        for root in roots or ROOTS
        for path in sorted((ROOT / root).rglob("*.py"))
    ]


def _name(path: Path, root: str) -> str:
    parts = path.relative_to(ROOT / root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
