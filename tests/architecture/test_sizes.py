"""Sizes: what does not fit on a few screens is cut in two. The frame's rooms: `test_frame.py`."""

import ast

from architecture.source import sources

FILE_LINES = 220
FUNCTION_LINES = 60
# Files that may be longer: how long, and why they are not cut in two, or not yet.
LONGER = {
    "shared/chassis/hearing/parking.py": (240, "one life of a parked event, from fault to end"),
    "shared/chassis/unit/deciding.py": (230, "a unit is one thing: what it reads, decides, notes"),
    "shared/chassis/unit/rebuilding.py": (240, "building beside and switching are one promise"),
}


def test_a_file_stays_short() -> None:
    long = {
        source.where: f"{source.lines} lines, {allowed} are allowed"
        for source in sources()
        if source.lines > (allowed := LONGER.get(source.where, (FILE_LINES, ""))[0])
    }
    assert long == {}


def test_no_file_is_allowed_more_than_it_needs() -> None:
    lines = {each.where: each.lines for each in sources()}
    needless = [where for where in LONGER if lines.get(where, 0) <= FILE_LINES]
    assert needless == [], f"not over {FILE_LINES} lines: take it out of LONGER"


def test_a_function_stays_short() -> None:
    long = {
        source.at(node.lineno): f"{node.name}: {length} lines, {FUNCTION_LINES} are allowed"
        for source in sources()
        if ".migrations." not in source.name  # alembic writes one, as long as what has changed
        for node in source.nodes
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES
    }
    assert long == {}
