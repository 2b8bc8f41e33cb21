"""The rules of a decider as a table, read from the `match` in its `decide`."""

import ast
import inspect
import sys
from collections.abc import Iterator
from functools import cache
from types import ModuleType

Row = tuple[str, str, str, str]
HEAD: Row = ("state", "command", "if", "then")


def markdown(module: ModuleType) -> str:
    """Return the decision table of a domain module as a Markdown table."""
    lines = [_line(HEAD), _line(("---",) * 4), *(_line(row) for row in rows(module))]
    return "\n".join(lines)


def rows(module: ModuleType) -> list[Row]:
    """Return a row (state, command, condition, outcome) for each case of `decide`.

    Where its last case hands both on, as they are, to a function that goes on with its own
    `match`, that one's cases follow.
    """
    events = {each.__name__ for each in module.decider.events}
    return [
        _row(case, there, events) for there, case in _cases(module, functions(module)["decide"])
    ]


def _cases(
    module: ModuleType, function: ast.FunctionDef
) -> Iterator[tuple[ModuleType, ast.match_case]]:
    match = next(node for node in ast.walk(function) if isinstance(node, ast.Match))
    for case in match.cases:
        if (place := _handed_on(case, match.subject, module)) is not None:
            yield from _cases(*place)
        else:
            yield module, case


def _handed_on(
    case: ast.match_case, subject: ast.expr, module: ModuleType
) -> tuple[ModuleType, ast.FunctionDef] | None:
    match case:
        case ast.match_case(
            pattern=ast.MatchAs(pattern=None),
            guard=None,
            body=[ast.Return(value=ast.Call(func=ast.Name(id=name), args=args))],
        ) if isinstance(subject, ast.Tuple) and [*map(ast.unparse, args)] == [
            *map(ast.unparse, subject.elts)
        ]:
            return followed(module, name)
    return None


@cache
def functions(module: ModuleType) -> dict[str, ast.FunctionDef]:
    """Return the functions that a module defines itself, by name."""
    tree = ast.parse(inspect.getsource(module))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def followed(module: ModuleType, name: str) -> tuple[ModuleType, ast.FunctionDef] | None:
    """Return where the function lies that a module calls so, if it or its own package has it."""
    if (own := functions(module).get(name)) is not None:
        return module, own
    there = getattr(getattr(module, name, None), "__module__", None)
    if there is None or there.rpartition(".")[0] != module.__name__.rpartition(".")[0]:
        return None
    found = functions(sys.modules[there]).get(name)
    return (sys.modules[there], found) if found else None


def _row(case: ast.match_case, module: ModuleType, events: set[str]) -> Row:
    condition = ast.unparse(case.guard) if case.guard else ""
    then = "; ".join(dict.fromkeys(_outcomes(case.body, module, events, set()))) or "nothing"
    if isinstance(case.pattern, ast.MatchSequence):
        state, command = (_name(part) for part in case.pattern.patterns)
    else:
        state = command = "any other"
    return state, command, condition, then


def _name(pattern: ast.pattern) -> str:
    match pattern:
        case ast.MatchClass(cls=cls):
            return ast.unparse(cls).rpartition(".")[2]
        case ast.MatchOr(patterns=patterns):
            return " or ".join(_name(each) for each in patterns)
        case ast.MatchSingleton(value=None):
            return "–"
        case ast.MatchAs(pattern=None):
            return "any"
        case ast.MatchAs(pattern=inner) if inner is not None:
            return _name(inner)
    return ast.unparse(pattern)


def _outcomes(
    body: list[ast.stmt], module: ModuleType, events: set[str], seen: set[str]
) -> list[str]:
    """Return what a case may lead to: events, 'nothing' or a code, helpers followed."""
    found: list[str] = []
    for node in (node for statement in body for node in ast.walk(statement)):
        match node:
            case ast.Raise(
                exc=ast.Call(func=ast.Name(id=kind), args=[ast.Constant(value=code), *_])
            ):
                found.append(f"{kind} `{code!s}`")
            case ast.Raise(exc=ast.Call(func=ast.Name(id=kind))):
                found.append(kind)
            case ast.Return(value=ast.List(elts=[])):
                found.append("nothing")
            case ast.Call(func=ast.Name(id=name)) if name in events:
                found.append(name)
            case ast.Call(func=ast.Name(id=name)) if place := followed(module, name):
                there, function = place
                if (key := f"{there.__name__}.{name}") not in seen:
                    seen.add(key)
                    found += _outcomes(function.body, there, events, seen)
    return found


def _line(cells: Row) -> str:
    return "| " + " | ".join(cell.replace("|", "or") for cell in cells) + " |"
