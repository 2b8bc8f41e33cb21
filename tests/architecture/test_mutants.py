"""Every mutant belongs to the code as it is; `make prove` runs them."""

import ast
from collections.abc import Iterator
from functools import cache

from mutants.mutant import ROOT, Mutant, Stale, all_mutants

MUTANTS = all_mutants()
REQUIRED = {
    "numbered_by_first_event",
    "batch_filled_up",
    "no_cursor_lock",
    "gap_not_pulled",
    "no_retry",
    "no_stored_reply",
}


@cache
def functions(file: str) -> set[str]:
    """Return the names of the functions of a file of tests; none where it is not there."""
    if not (ROOT / file).is_file():
        return set()
    defined = ast.parse((ROOT / file).read_text("utf-8")).body
    return {each.name for each in defined if isinstance(each, ast.FunctionDef)}


def faults(mutant: Mutant) -> Iterator[str]:
    """Yield what keeps a mutant from breaking its promise and being noticed."""
    try:
        changed = mutant.changed(ROOT)
        if mutant.file.endswith(".py"):
            ast.parse(changed)
    except (OSError, Stale, SyntaxError) as fault:
        yield f"{mutant.file}: {fault}"
    file, _, function = mutant.test.partition("::")
    if function not in functions(file):
        yield f"{mutant.test} does not exist"


def test_a_mutant_applies_and_its_test_exists() -> None:
    found = {each.name: list(faults(each)) for each in MUTANTS}
    assert {f"tests/mutants/{name}.toml": each for name, each in found.items() if each} == {}


def test_none_that_has_to_be_there_is_missing() -> None:
    assert {each.name for each in MUTANTS} >= REQUIRED
