"""The digest of a projection's code: what it means counts, and how it is written does not."""

import sys
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from chassis.unit.digests import digest

WRITTEN = '''
"""What is shown of boxes."""
from sqlalchemy import Column, Integer, MetaData, Table, Text, insert

from chassis.unit.projection import Projection
{imports}
table = Table("box", MetaData(), Column("id", Text, primary_key=True), Column("things", {type}))


def project(recorded):
    """Fill the row."""
    yield insert(table).values(id=recorded.subject, things={things})  # none yet


projection = Projection(table=table, project=project)
'''
AS_IT_IS = {"imports": "", "type": "Integer", "things": "0"}
Digest = Callable[..., str]


Write = Callable[[str, str], Any]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Let a module be of this text; return it."""
    numbers = count(1)

    def written(name: str, text: str) -> Any:
        path = tmp_path / f"{name}_{next(numbers)}.py"
        path.write_text(text)
        spec = spec_from_file_location(name, path)
        assert spec is not None and spec.loader is not None
        module = module_from_spec(spec)
        monkeypatch.setitem(sys.modules, name, module)
        spec.loader.exec_module(module)
        return module

    return written


@pytest.fixture
def digest_of(write: Write) -> Digest:
    """Return the digest of the projection in such a module of the service `boxes`."""

    def of(text: str = WRITTEN, **changed: str) -> str:
        return digest(write("boxes.shown", text.format(**AS_IT_IS | changed)).projection)

    return of


def test_comments_docstrings_and_layout_change_nothing(digest_of: Digest) -> None:
    otherwise = (
        WRITTEN.replace("  # none yet", "")
        .replace('"""Fill the row."""', "'Another docstring.'")
        .replace('"""What is shown of boxes."""', "# nothing")
        .replace("id=recorded.subject, ", "id=(\n        recorded.subject\n    ), ")
    )
    assert digest_of(otherwise) == digest_of()


@pytest.mark.parametrize(
    "changed",
    [{"things": "1"}, {"things": "False"}, {"type": "Text"}, {"imports": "import os"}],
)
def test_what_it_does_and_its_columns_count(digest_of: Digest, changed: dict[str, str]) -> None:
    assert digest_of(**changed) != digest_of()


def test_columns_count_wherever_their_types_were_written(digest_of: Digest, write: Write) -> None:
    found = set()
    for kind in ("Integer", "Text"):
        write("boxes.kinds", f"from sqlalchemy import {kind} as Kind")
        found.add(digest_of(imports="from boxes.kinds import Kind", type="Kind"))
    assert len(found) == 2


def test_functions_of_the_service_that_it_imports_count(digest_of: Digest, write: Write) -> None:
    found = set()
    for returns in ("0", "10", "(10)"):
        write("boxes.weighed", f"def weight(recorded):\n    return {returns}\n")
        found.add(digest_of(imports="from boxes.weighed import weight"))
    assert len(found) == 2


def test_functions_that_those_use_count_too(digest_of: Digest, write: Write) -> None:
    found = set()
    for returns in ("0", "10", "(10)"):
        weighed = (
            "def weight(recorded):\n    return sum(scale(each) for each in (recorded,))\n"
            f"def scale(recorded):\n    return {returns}\n"
        )
        write("boxes.weighed", weighed)
        found.add(digest_of(imports="from boxes.weighed import weight"))
    assert len(found) == 2


def test_the_same_code_has_the_same_digest_in_every_version_of_python(digest_of: Digest) -> None:
    """Pinned: with another way of reading code, all projections of all installations differ."""
    assert digest_of() == "a3fc2d3a6d2ba60179fb298a113838cd2021e1b2a3aac5be64f5b8c789e32f5f"
