"""What is forbidden outside its home: clocks, chance, the environment, commits, vague names."""

import ast
import re
from collections.abc import Iterator, Mapping

from architecture.source import SERVICES, Source, sources

HOMES = ("chassis.ids", "chassis.settings", "chassis.testing")
ADMITS = {  # another's stream is decided on in a caller's own unit
    "auth.acts.invitations",  # they show a token there
    "auth.acts.sessions",  # with an admin's session end those in which they act as somebody
    "billing.receipts",  # who pays for what has come out gets the next number, which is nobody's
}
IMPURE = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "uuid.uuid1",
    "uuid.uuid4",
    "os.environ",
    "os.getenv",
}
VAGUE = {"utils", "util", "common", "helpers", "helper", "base", "manager", "misc", "tools"}


def spoken(source: Source) -> Iterator[tuple[str, int]]:
    """Yield every dotted name in the code, with its line; imported ones with their module."""
    for node in source.nodes:
        match node:
            case ast.Attribute() | ast.Name():
                yield dotted(node), node.lineno
            case ast.ImportFrom(module=module, names=names):
                yield from ((f"{module}.{each.name}", node.lineno) for each in names)


def dotted(node: ast.expr) -> str:
    """Return 'a.b.c' as it is written; what is no name stands as '?'."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=whole, attr=name):
            return f"{dotted(whole)}.{name}"
        case _:
            return "?"


def impure(source: Source) -> Mapping[str, str]:
    return {
        source.at(line): name
        for name, line in spoken(source)
        if any(name == each or name.endswith(f".{each}") for each in IMPURE)
    }


def test_clock_chance_and_environment_are_asked_in_one_place() -> None:
    elsewhere = [each for each in sources("services", "shared") if not each.name.startswith(HOMES)]
    found = {place: name for each in elsewhere for place, name in impure(each).items()}
    assert found == {}


def test_strangers_are_admitted_where_it_is_said_why_and_nowhere_else() -> None:
    elsewhere = [each for each in sources() if each.name not in ADMITS]
    found = [
        each.at(line)
        for each in elsewhere
        for name, line in spoken(each)
        if name.endswith(".admit")
    ]
    assert found == []


def test_a_statement_names_its_columns() -> None:
    """PostgreSQL refuses a prepared `select *` from the moment on when a step adds a column.

    Its own functions are planned anew, so the steps of schema may; `verify` asks once.
    """
    found = [
        source.at(node.lineno)
        for source in sources("services", "shared")
        if not source.name.startswith("chassis.database.schema")
        if not source.name.endswith(".invariants")
        for node in source.nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if re.search(r"\b(select|returning) \*|\b[a-z]+\.\* from\b", node.value)
    ]
    assert found == []


def test_only_the_frame_commits() -> None:
    commits = [
        source.at(node.lineno)
        for source in sources()
        if source.package != "chassis"
        for node in source.nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
    ]
    assert commits == []


def test_a_file_is_called_by_what_is_in_it() -> None:
    vague = [each.where for each in sources() if not VAGUE.isdisjoint(each.name.split("."))]
    assert vague == []


def test_a_rule_knows_no_float_and_does_not_round() -> None:
    rules = [each for each in sources("services") if ".domain." in each.name]
    found = {
        source.at(line): name
        for source in rules
        for name, line in spoken(source)
        if name in ("float", "round", "Decimal")
    }
    assert rules
    assert found == {}


def test_the_services_are_found() -> None:
    assert "auth" in SERVICES
    assert any(each.name == "auth.domain.user" for each in sources("services"))
