"""Deciders: each event has one name and one place in `evolve`; the tables in print are true."""

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest

from architecture.source import ROOT, SERVICES
from chassis import decision_table

BLOCK = re.compile(r"<!-- decide:(\w+) -->\n(.*?)\n<!-- end -->", re.DOTALL)


def domain(service: str) -> Mapping[str, ModuleType]:
    modules: Mapping[str, ModuleType] = import_module(f"{service}.app").DOMAIN
    return modules


def readme(service: str) -> str | None:
    path = ROOT / "services" / service / "README.md"
    return path.read_text(encoding="utf-8") if path.exists() else None


def placed(module: ModuleType) -> set[str]:
    """Return the names of the events that `evolve` has a case for, in it or in its helpers."""
    tree = ast.parse(inspect.getsource(module))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    reached = {"evolve", *_called(functions["evolve"], functions)}
    return {name for each in reached for name in _cases(functions[each])}


def _called(function: ast.FunctionDef, functions: Mapping[str, Any]) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id in functions:
            yield node.id


def _cases(function: ast.FunctionDef) -> Iterator[str]:
    patterns = [node for node in ast.walk(function) if isinstance(node, ast.MatchClass)]
    yield from (ast.unparse(each.cls).rpartition(".")[2] for each in patterns)
    if not patterns:  # a stream of one kind of event needs no `match`
        yield from (ast.unparse(each.annotation or each) for each in function.args.args[1:])


@pytest.mark.parametrize("service", SERVICES)
def test_the_events_of_a_service_have_names_of_their_own(service: str) -> None:
    names = [event.__name__ for each in domain(service).values() for event in each.decider.events]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("service", SERVICES)
def test_every_event_has_its_place_in_evolve(service: str) -> None:
    lost = {
        f"{name}.{event.__name__}"
        for name, module in domain(service).items()
        for event in module.decider.events
        if event.__name__ not in placed(module)
    }
    assert lost == set()


@pytest.mark.parametrize("service", SERVICES)
def test_the_service_is_put_together_from_the_deciders_it_prints(service: str) -> None:
    listed = import_module(f"{service}.app").SERVICE.deciders
    modules = domain(service)
    assert {each.name for each in listed} == {each.decider.name for each in modules.values()}
    assert all(any(each.decider is known for known in listed) for each in modules.values())


@pytest.mark.parametrize("service", [each for each in SERVICES if readme(each) is not None])
def test_the_decision_tables_in_print_are_those_of_the_code(service: str) -> None:
    printed = dict(BLOCK.findall(readme(service) or ""))
    coded = {name: decision_table.markdown(module) for name, module in domain(service).items()}
    assert printed == coded
