"""Deciders: each event has one name and one place in `evolve`; the tables in print are true."""

import ast
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType

from architecture.source import ROOT, SERVICES
from chassis import decision_table

BLOCK = re.compile(r"<!-- decide:(\w+) -->\n(.*?)\n<!-- end -->", re.DOTALL)


def domain(service: str) -> Mapping[str, ModuleType]:
    modules: Mapping[str, ModuleType] = import_module(f"{service}.app").DOMAIN
    return modules


def readme(service: str) -> str | None:
    path = ROOT / "services" / service / "README.md"
    return path.read_text(encoding="utf-8") if path.exists() else None


def place(module: ModuleType) -> str:
    """Return where a module lies in the repository."""
    return str(Path(str(module.__file__)).relative_to(ROOT))


def homes(service: str) -> Mapping[str, list[str]]:
    """Return the events of a service by name, each with the files that call one so."""
    found: dict[str, list[str]] = {}
    for module in domain(service).values():
        for event in module.decider.events:
            found.setdefault(event.__name__, []).append(place(module))
    return found


def placed(module: ModuleType) -> set[str]:
    """Return the names of the events that `evolve` has a case for, in it or in its helpers."""
    return {name for function in _reached(module, "evolve") for name in _cases(function)}


def _reached(module: ModuleType, name: str) -> Iterator[ast.FunctionDef]:
    if (place := decision_table.followed(module, name)) is None:
        return
    there, function = place
    yield function
    called = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    for each in called - {name}:
        yield from _reached(there, each)


def _cases(function: ast.FunctionDef) -> Iterator[str]:
    patterns = [node for node in ast.walk(function) if isinstance(node, ast.MatchClass)]
    yield from (ast.unparse(each.cls).rpartition(".")[2] for each in patterns)
    if not patterns:  # a stream of one kind of event needs no `match`
        yield from (ast.unparse(each.annotation or each) for each in function.args.args[1:])


def test_the_events_of_a_service_have_names_of_their_own() -> None:
    twice = {
        f"{service}: {event}": places
        for service in SERVICES
        for event, places in homes(service).items()
        if len(places) > 1
    }
    assert twice == {}


def test_every_event_has_its_place_in_evolve() -> None:
    lost = {
        place(module): sorted(missing)
        for service in SERVICES
        for module in domain(service).values()
        if (missing := {each.__name__ for each in module.decider.events} - placed(module))
    }
    assert lost == {}


def test_the_service_is_put_together_from_the_deciders_it_prints() -> None:
    for service in SERVICES:
        listed = import_module(f"{service}.app").SERVICE.deciders
        modules = domain(service)
        names = {each.decider.name for each in modules.values()}
        assert {each.name for each in listed} == names, f"services/{service}/app.py"
        others = [
            place(each)
            for each in modules.values()
            if not any(each.decider is known for known in listed)
        ]
        assert others == [], f"services/{service}/app.py"


def test_only_a_user_and_their_sessions_are_a_persons_own() -> None:
    own = {
        f"{service}.{name}"
        for service in SERVICES
        for name, module in domain(service).items()
        if module.decider.person is not None
    }
    assert own == {"auth.user", "auth.session"}


def test_the_decision_tables_in_print_are_those_of_the_code() -> None:
    for service in SERVICES:
        if (text := readme(service)) is None:
            continue
        coded = {name: decision_table.markdown(module) for name, module in domain(service).items()}
        assert dict(BLOCK.findall(text)) == coded, f"services/{service}/README.md"
