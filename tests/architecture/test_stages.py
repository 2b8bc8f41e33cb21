"""The tests of a suite can be seen: what they are told on lies beside them, in `stages/`."""

from architecture.source import ROOT

SUITES = ("integration", "journeys")


def test_beside_the_tests_of_a_suite_lie_tests_alone() -> None:
    helpers = [
        str(path.relative_to(ROOT))
        for suite in SUITES
        for path in sorted((ROOT / "tests" / suite).glob("*.py"))
        if not path.name.startswith("test_")
        and path.name != "conftest.py"
        and path.stat().st_size > 0  # an empty file only makes a package
    ]
    assert helpers == [], "belongs into `stages/`"


def test_on_a_stage_lies_no_test() -> None:
    tests = [
        str(path.relative_to(ROOT))
        for suite in SUITES
        for path in sorted((ROOT / "tests" / suite / "stages").glob("**/test_*.py"))
    ]
    assert tests == []
