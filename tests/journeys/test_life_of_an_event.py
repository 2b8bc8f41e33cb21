"""`docs/life-of-an-event.md` is what the tables hold.

Where it differs on purpose, `python -m journeys.stages.life_of_an_event` (with the source roots in
PYTHONPATH) writes the new answers into the page.
"""

import re

import pytest

from demo.main_job import Outcome
from embedded.suite import Suite
from journeys.stages.life_of_an_event import BLOCK, PAGE, Page, as_psql

TEXT = PAGE.read_text("utf-8")
BLOCKS = {found["name"]: found["text"] for found in BLOCK.finditer(TEXT)}


@pytest.fixture(scope="module")
def page(suite: Suite, outcome: Outcome) -> Page:
    suite.settle()
    return Page(suite, outcome.invoice["id"])


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_of_the_page_is_what_the_suite_answers(page: Page, name: str) -> None:
    assert page.answered(BLOCKS[name] + "\n") == BLOCKS[name]


def test_every_block_of_the_page_is_compared() -> None:
    assert len(BLOCKS) == TEXT.count("<!-- rows:") == TEXT.count("```") / 2


def test_every_file_that_the_page_names_is_there() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", TEXT)

    assert links != []
    assert [link for link in links if not (PAGE.parent / link).is_file()] == []


def test_rows_look_as_psql_prints_them() -> None:
    printed = as_psql(["n", "what"], [True, False], [["1", "a\nlong one"], ["20", ""]])

    assert printed == "\n".join(
        [
            " n  |   what",
            "----+----------",
            "  1 | a       +",
            "    | long one",
            " 20 |",
            "(2 rows)",
        ]
    )
