"""Every projection and every reaction of a service is run by a unit test of that service.

Found in the tests' text: `projected(<module>.projection, …)` by its module, what is heard by its
contract, which a test writes `<source>.<Event>`.
"""

import ast
from collections.abc import Iterator
from importlib import import_module

import pytest

from architecture.source import ROOT, SERVICES
from chassis.hearing.reacting import Reaction
from contracts.auth.events import REVOKES

UNIT = ROOT / "tests" / "unit"


def calling(folder: str, function: str) -> Iterator[ast.Module]:
    """Yield the unit tests in a folder that call this function."""
    for path in sorted((UNIT / folder).glob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if any(isinstance(node, ast.Name) and node.id == function for node in ast.walk(tree)):
            yield tree


def projections_run(service: str) -> set[str]:
    """Return the modules whose `projection` is given to `projected`."""
    found = set()
    for tree in calling(service, "projected"):
        for node in ast.walk(tree):
            match node:
                case ast.Call(
                    func=ast.Name(id="projected"),
                    args=[ast.Attribute(value=ast.Name(id=module), attr="projection"), *_],
                ):
                    found.add(f"{service}.projections.{module}")
    return found


def events_heard(folder: str) -> set[str]:
    """Return what those tests make that hear something: '<source>.<Event>'."""
    return {
        f"{node.func.value.id}.{node.func.attr}"
        for tree in calling(folder, "heard")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
    }


def reactions(service: str) -> tuple[Reaction, ...]:
    found: tuple[Reaction, ...] = import_module(f"{service}.inbound").reactions
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_every_projection_is_run_by_a_unit_test(service: str) -> None:
    listed = import_module(f"{service}.app").SERVICE.projections
    modules = {each.project.__module__ for each in listed}
    assert modules <= projections_run(service)


@pytest.mark.parametrize("service", SERVICES)
def test_every_reaction_is_run_by_a_unit_test(service: str) -> None:
    wanted = {f"{each.source}.{each.hears.__name__}" for each in reactions(service)}
    assert wanted <= events_heard(service)


def test_every_revocation_is_run_by_a_unit_test() -> None:
    assert {f"auth.{each.__name__}" for each in REVOKES} <= events_heard("chassis")


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_heard_of_a_source_is_told_by_it(service: str) -> None:
    for each in reactions(service):
        assert each.hears in import_module(f"{each.source}.app").SERVICE.publishes
