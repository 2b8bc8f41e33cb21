"""The rules of a decider as a table, read from the `match` in its `decide`."""

import ast
import inspect
from types import ModuleType

Row = tuple[str, str, str, str]
HEAD: Row = ("state", "command", "if", "then")


def markdown(module: ModuleType) -> str:
    """Return the decision table of a domain module as a Markdown table."""
    lines = [_line(HEAD), _line(("---",) * 4), *(_line(row) for row in rows(module))]
    return "\n".join(lines)


def rows(module: ModuleType) -> list[Row]:
    """Return a row (state, command, condition, outcome) for each case of `decide`."""
    tree = ast.parse(inspect.getsource(module))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    matches = [node for node in ast.walk(functions["decide"]) if isinstance(node, ast.Match)]
    return [_row(case, functions) for case in matches[0].cases]


def _row(case: ast.match_case, functions: dict[str, ast.FunctionDef]) -> Row:
    condition = ast.unparse(case.guard) if case.guard else ""
    then = "; ".join(_outcomes(case.body, functions, set())) or "nothing"
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
    body: list[ast.stmt], functions: dict[str, ast.FunctionDef], seen: set[str]
) -> list[str]:
    """Return what a case may lead to: events, 'nothing' or a code, helpers followed."""
    found: list[str] = []
    for node in (node for statement in body for node in ast.walk(statement)):
        match node:
            case ast.Raise(
                exc=ast.Call(func=ast.Name(id=kind), args=[ast.Constant(value=code), *_])
            ):
                found.append(f"{kind} `{code!s}`")
            case ast.Return(value=ast.List(elts=[])):
                found.append("nothing")
            case ast.Call(func=ast.Name(id=name)) if name in functions and name not in seen:
                seen.add(name)
                found += _outcomes(functions[name].body, functions, seen)
            case ast.Call(func=ast.Name(id=name)) if _is_event(name, functions):
                found.append(name)
    return list(dict.fromkeys(found))


def _is_event(name: str, functions: dict[str, ast.FunctionDef]) -> bool:
    evolve = ast.unparse(functions["evolve"])
    return f"{name}(" in evolve and name[:1].isupper()


def _line(cells: Row) -> str:
    return "| " + " | ".join(cell.replace("|", "or") for cell in cells) + " |"
