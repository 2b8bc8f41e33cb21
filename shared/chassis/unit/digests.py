"""The digest of the code that builds a projection: another one may leave other rows.

It is of the module of `project`, of the functions that this module imports and that these use, the
service's own and those of a shared room `domain` or `projections`, and of the table's columns, as
they are meant: comments, docstrings and layout change nothing. Values that are used are not in it.
"""

import ast
import inspect
import sys
import textwrap
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from threading import Lock
from types import CodeType, FunctionType, ModuleType
from typing import Any

from sqlalchemy import Engine, Table
from sqlalchemy.dialects.postgresql import psycopg

from chassis.database import postgres, schema_projections
from chassis.unit.projection import Projection

_DIALECT = psycopg.dialect()  # type: ignore[no-untyped-call]
_PARSING = Lock()  # Python 3.11 counts the depth of all threads' trees as one, and may say so


def digests(projections: Iterable[Projection]) -> Mapping[str, str]:
    """Return the digest of each projection's code, by its table."""
    return {each.table.name: digest(each) for each in projections}


def note_at_work(engine: Engine, own: Mapping[str, str]) -> None:
    """Note in a service's database that the code of these digests works there.

    Before the first row that it makes, and now and then: a rebuild by other code takes it for gone.
    Raises `Unavailable` without the database.
    """
    with postgres.autocommit(engine) as connection:
        schema_projections.note_at_work(connection, own)


def digest(projection: Projection) -> str:
    """Return the digest of one projection's code, in hexadecimal."""
    module = sys.modules[projection.project.__module__]
    code = [inspect.getsource(module), *map(inspect.getsource, _imported_functions(module))]
    parts = [*map(_meaning, code), _columns(projection.table)]
    return sha256(repr(parts).encode()).hexdigest()


def _imported_functions(module: ModuleType) -> list[FunctionType]:
    """Return the functions that a module imports, then those that they use; the frame's are not."""
    found = _own_functions(vars(module), module)
    for each in found:  # grows meanwhile
        used = {name: each.__globals__.get(name) for name in _names(each.__code__)}
        found += [other for other in _own_functions(used, module) if other not in found]
    return found


def _names(code: CodeType) -> set[str]:
    """Return the global names in a function and in what is written inside it."""
    inner = (each for each in code.co_consts if isinstance(each, CodeType))
    return set(code.co_names).union(*map(_names, inner))


def _own_functions(named: Mapping[str, Any], module: ModuleType) -> list[FunctionType]:
    package = module.__name__.partition(".")[0]

    def is_own(name: str) -> bool:
        of, _, room = name.partition(".")
        return of == package or room.partition(".")[0] in ("domain", "projections")

    return [
        each
        for _, each in sorted(named.items())
        if isinstance(each, FunctionType)
        and each.__module__ != module.__name__
        and is_own(each.__module__)
    ]


def _columns(table: Table) -> list[tuple[str, str, bool]]:
    return [(each.name, each.type.compile(_DIALECT), bool(each.nullable)) for each in table.c]


@cache  # a module's projections, and what several modules import, are read once
def _meaning(source: str) -> Any:
    with _PARSING:
        return _plain(ast.parse(textwrap.dedent(source)))


def _plain(node: Any) -> Any:
    """Return a syntax tree as lists, the same in every version of Python that reads it alike.

    What `ast.dump` prints is not: later versions have fields that are empty here.
    """
    match node:
        case ast.Expr(value=ast.Constant(value=str())) | None:
            return None  # the former is a docstring
        case ast.AST():
            held = {name: _plain(each) for name, each in ast.iter_fields(node)}
            return [type(node).__name__, *((n, each) for n, each in held.items() if each)]
        case list():
            return [plain for each in node if (plain := _plain(each)) is not None]
        case _:
            return repr(node)
