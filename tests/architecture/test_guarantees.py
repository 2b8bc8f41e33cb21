"""`docs/guarantees.md`: each promise has its query, its mutants and so its tests, as coded."""

import re

from mutants.mutant import all_mutants
from mutants.page import BLOCK, PAGE, filled, invariants

TEXT = PAGE.read_text("utf-8")
PROMISES = dict(re.findall(r"^### (.+)\n((?:(?!^##).*\n)*)", TEXT, re.MULTILINE))
NO_QUERY = "No query: "  # and why


def shown(kind: str) -> list[str]:
    blocks = BLOCK.finditer(TEXT)
    return sorted(name for each in blocks if each["kind"] == kind for name in each["names"].split())


def test_queries_and_mutants_on_the_page_are_those_of_the_code() -> None:
    assert filled(TEXT) == TEXT, "python -m mutants.page writes them anew"


def test_the_page_shows_each_query_and_each_mutant_once() -> None:
    assert shown("query") == sorted(each.name for each in invariants())
    assert shown("mutants") == [each.name for each in all_mutants()]


def test_a_promise_says_what_it_does_not_promise_and_how_it_is_held() -> None:
    wanted = (("Not promised: ",), ("<!-- mutants: ",), ("<!-- query: ", NO_QUERY))
    silent = {
        f"docs/guarantees.md, {promise}": [" or ".join(words) for words in lacking]
        for promise, told in PROMISES.items()
        if (lacking := [words for words in wanted if not any(each in told for each in words)])
    }
    assert PROMISES
    assert silent == {}


def test_every_file_that_the_page_names_is_there() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", TEXT)
    assert links != []
    assert [link for link in links if not (PAGE.parent / link).is_file()] == []
