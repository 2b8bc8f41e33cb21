"""Sizes: what does not fit on a few screens is cut in two."""

import ast

import pytest

from architecture.source import Source, sources

FILE_LINES = 260
FUNCTION_LINES = 60
# Of code, without docstrings and blanks; its help for tests does not count. 5 000 held the frame of
# one process and of ten; consumer groups and two steps of the schema brought it here.
FRAME_LINES = 5_200


@pytest.mark.parametrize("source", sources(), ids=lambda each: each.where)
def test_a_file_and_its_functions_stay_short(source: Source) -> None:
    assert source.lines <= FILE_LINES
    if ".migrations." in source.name:
        return  # alembic writes one function, as long as what has changed
    long = {
        node.name: length
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES
    }
    assert long == {}


def test_the_frame_stays_small() -> None:
    frame = [each for each in sources("shared") if each.package == "chassis"]
    lines = sum(each.code_lines for each in frame if not each.name.startswith("chassis.testing"))
    assert lines <= FRAME_LINES
