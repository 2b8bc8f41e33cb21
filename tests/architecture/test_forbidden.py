"""What is forbidden outside its home: clocks, chance, the environment, commits, vague names."""

import ast
from collections.abc import Iterator

import pytest

from architecture.source import SERVICES, Source, sources

HOMES = ("chassis.ids", "chassis.settings", "chassis.testing")
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
    for node in ast.walk(source.tree):
        match node:
            case ast.Attribute() | ast.Name():
                yield ast.unparse(node), node.lineno
            case ast.ImportFrom(module=module, names=names):
                yield from ((f"{module}.{each.name}", node.lineno) for each in names)


def impure(source: Source) -> list[str]:
    found = {
        f"{name} in line {line}"
        for name, line in spoken(source)
        if any(name == each or name.endswith(f".{each}") for each in IMPURE)
    }
    return sorted(found)


@pytest.mark.parametrize("source", sources("services", "shared"), ids=lambda each: each.where)
def test_clock_chance_and_environment_are_asked_in_one_place(source: Source) -> None:
    if not source.name.startswith(HOMES):
        assert impure(source) == []


@pytest.mark.parametrize("source", sources(), ids=lambda each: each.where)
def test_only_the_frame_commits(source: Source) -> None:
    if source.package == "chassis":
        return
    commits = [
        node.lineno
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
    ]
    assert commits == []


@pytest.mark.parametrize("source", sources(), ids=lambda each: each.where)
def test_a_file_is_called_by_what_is_in_it(source: Source) -> None:
    assert VAGUE.isdisjoint(source.name.split("."))


@pytest.mark.parametrize(
    "source",
    [each for each in sources("services") if ".domain." in each.name],
    ids=lambda each: each.where,
)
def test_a_rule_knows_no_float_and_does_not_round(source: Source) -> None:
    found = {name for name, _ in spoken(source) if name in ("float", "round", "Decimal")}
    assert found == set()


def test_the_services_are_found() -> None:
    assert "auth" in SERVICES
    assert any(each.name == "auth.domain.user" for each in sources("services"))
