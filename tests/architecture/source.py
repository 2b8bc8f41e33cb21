"""The suite's source text: its files, what each imports, and which part of the suite it is.

Every file is read and parsed once a run: the rules ask the same `Source` over and over.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
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

    @cached_property
    def text(self) -> str:
        """What the file holds."""
        return self.path.read_text(encoding="utf-8")

    @property
    def lines(self) -> int:
        """How many lines the file has."""
        return len(self.text.splitlines())

    @property
    def code_lines(self) -> int:
        """How many of them are code: no blank ones, no comments, no docstrings."""
        documented = {
            number
            for node in self.nodes
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and ast.get_docstring(node) is not None
            for number in range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1)
        }
        return sum(
            1
            for number, line in enumerate(self.text.splitlines(), 1)
            if line.strip() and not line.strip().startswith("#") and number not in documented
        )

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """The file as Python reads it: every node of its tree."""
        return tuple(ast.walk(ast.parse(self.text, str(self.path))))

    @property
    def package(self) -> str:
        """What the name begins with: a service, 'chassis', 'contracts', …"""
        return self.name.partition(".")[0]

    def at(self, line: int) -> str:
        """Return a place in the file as an editor opens it: 'services/auth/app.py:12'."""
        return f"{self.where}:{line}"

    def imports(self) -> Iterator[str]:
        """Yield the modules that the file imports, wherever in it."""
        return (module for module, _ in self.imported)

    @cached_property
    def imported(self) -> tuple[tuple[str, int], ...]:
        """The modules that the file imports, wherever in it, each with its line."""
        return tuple(self._imported())

    def _imported(self) -> Iterator[tuple[str, int]]:
        for node in self.nodes:
            match node:
                case ast.Import(names=names):
                    yield from ((each.name, node.lineno) for each in names)
                case ast.ImportFrom(module=module, names=names, level=level):
                    assert level == 0, f"{self.at(node.lineno)} imports by a relative name"
                    for each in names:
                        inner = f"{module}.{each.name}"
                        named = is_module(str(module)) and not is_module(inner)
                        yield str(module) if named else inner, node.lineno


@cache
def is_module(name: str) -> bool:
    """Return whether one of ours is called so."""
    places = [ROOT / root / name.replace(".", "/") for root in ROOTS]
    return any(place.is_dir() or place.with_suffix(".py").is_file() for place in places)


def sources(*roots: str) -> list[Source]:
    """Return the files below these roots, or below all of them."""
    return [each for root in roots or ROOTS for each in _below(root)]


@cache
def _below(root: str) -> tuple[Source, ...]:
    paths = sorted((ROOT / root).rglob("*.py"))
    return tuple(Source(path=path, name=_name(path, root)) for path in paths)


def _name(path: Path, root: str) -> str:
    parts = path.relative_to(ROOT / root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
