"""docs/asvs.md holds the table that the marks of the tests make; `architecture.asvs_page`."""

from pathlib import Path

import pytest

from architecture.asvs_page import PAGE, filled
from auth import asvs


def test_the_page_holds_the_table_that_is_printed() -> None:
    text = PAGE.read_text("utf-8")
    assert asvs.table() in text
    assert filled(text) == text, "python -m architecture.asvs_page writes it anew"


@pytest.mark.parametrize("decorators", ["", '@pytest.mark.asvs("7.2.4", "6.5.1")\n'])
def test_a_test_stands_at_each_number_of_its_mark(tmp_path: Path, decorators: str) -> None:
    tests = tmp_path / "tests"
    tests.mkdir()
    text = f"import pytest\n# pytest.mark.asvs\n{decorators}def test_a() -> None: ...\n"
    (tests / "test_it.py").write_text(text)
    found = dict.fromkeys(("7.2.4", "6.5.1"), ["tests/test_it.py::test_a"]) if decorators else {}
    assert asvs.marked(tests) == found


def test_a_number_that_asvs_has_not_is_refused(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text('@pytest.mark.asvs("99.1.1")\ndef test_a() -> None: ...\n')
    with pytest.raises(ValueError, match=r"99\.1\.1"):
        asvs.marked(tmp_path)
