"""Every mutant belongs to the code as it is; `make prove` runs them."""

import ast

import pytest

from mutants.mutant import ROOT, Mutant, all_mutants

MUTANTS = all_mutants()
REQUIRED = {
    "numbered_by_first_event",
    "batch_filled_up",
    "no_cursor_lock",
    "gap_not_pulled",
    "no_retry",
    "no_stored_reply",
}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda each: each.name)
def test_a_mutant_applies_and_its_test_exists(mutant: Mutant) -> None:
    changed = mutant.changed(ROOT)
    if mutant.file.endswith(".py"):
        ast.parse(changed)
    file, _, function = mutant.test.partition("::")
    defined = ast.parse((ROOT / file).read_text("utf-8")).body
    assert function in [each.name for each in defined if isinstance(each, ast.FunctionDef)]


def test_none_that_has_to_be_there_is_missing() -> None:
    assert {each.name for each in MUTANTS} >= REQUIRED
