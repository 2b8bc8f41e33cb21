"""The packages of deploy/: no arrow up, no circle; what each may use stands in `PACKAGES`."""

import sys

import pytest

from architecture.source import DEPLOYED, Source, sources

PACKAGES: dict[str, tuple[str, ...]] = {  # each uses only what stands above it in this table
    "suitectl": (),  # the operators': their image holds this package alone
    "stand_ins": (),  # for what lies outside: they know nothing of what asks them
    "servers": ("suitectl.whole_file",),  # they know no service, and nobody's inventory
    "embedded": ("servers", "suitectl", "stand_ins"),
    "distributed": ("servers", "suitectl", "stand_ins", "embedded"),
    "demo": ("servers", "suitectl", "embedded", "distributed", "stand_ins"),
}
FOR_TESTS = "chassis.testing"  # what operators and `make up-local` run is no help for tests


def top(module: str) -> str:
    return module.partition(".")[0]


def below(module: str, *packages: str) -> bool:
    return any(module == each or module.startswith(f"{each}.") for each in packages)


def allowed(package: str, used: str) -> bool:
    """Return whether a package of deploy/ may import that module."""
    if top(used) not in PACKAGES:
        return not below(used, FOR_TESTS)
    return below(used, package, *PACKAGES[package])


def arrows(files: list[Source]) -> dict[str, list[str]]:
    """Return by file what it imports that its package may not use."""
    wrong = {}
    for source in files:
        if found := sorted({u for u in source.imports() if not allowed(source.package, u)}):
            wrong[source.where] = found
    return wrong


def in_packages() -> list[Source]:
    return [each for each in sources("deploy") if "." in each.name or each.package in DEPLOYED]


def test_every_package_of_deploy_stands_in_the_table() -> None:
    assert set(DEPLOYED) == set(PACKAGES)


def test_a_package_of_deploy_uses_only_those_it_may() -> None:
    assert arrows(in_packages()) == {}


def test_a_stand_in_is_standard_library_and_nothing_of_the_suites() -> None:
    foreign = {
        each.where: sorted({used for used in each.imports() if not _by_itself(used)})
        for each in sources("deploy")
        if each.package == "stand_ins"
    }
    assert {where: used for where, used in foreign.items() if used} == {}


def _by_itself(used: str) -> bool:
    return top(used) in sys.stdlib_module_names or below(used, "stand_ins")


def test_the_packages_stand_in_an_order_without_a_circle() -> None:
    above: set[str] = set()
    for package, uses in PACKAGES.items():
        assert {top(each) for each in uses} <= above, package
        above.add(package)


@pytest.mark.parametrize(
    "package,used,may",
    [
        ("suitectl", "suitectl.inventory", True),
        ("suitectl", "chassis.errors", True),
        ("suitectl", "embedded.keys", False),
        ("suitectl", "servers.postgres", False),
        ("servers", "suitectl.whole_file", True),
        ("servers", "suitectl.inventory", False),
        ("servers", "embedded.keys", False),
        ("servers", "chassis.testing.golden", False),
        ("embedded", "servers.postgres", True),
        ("embedded", "distributed.suite", False),
        ("distributed", "chassis.testing", False),
        ("distributed", "servers.rabbit_node", True),
        ("distributed", "demo.people", False),
        ("demo", "distributed.found", True),
    ],
)
def test_the_table_itself(package: str, used: str, may: bool) -> None:
    assert allowed(package, used) is may
