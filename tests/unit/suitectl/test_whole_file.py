"""Files: whole, and for their owner alone."""

import os
from pathlib import Path

from suitectl.whole_file import write_whole


def test_a_file_is_replaced_and_never_half_written(tmp_path: Path) -> None:
    path, before = tmp_path / "notes.json", tmp_path / "before"
    write_whole(path, "the first")
    os.link(path, before)  # what a run killed meanwhile would leave
    (tmp_path / "notes.json.part").write_text("half of the sec")
    write_whole(path, "the second")
    assert before.read_text() == "the first"
    assert path.read_text() == "the second"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["before", "notes.json"]


def test_a_file_is_for_its_owner_alone_even_where_a_killed_run_left_an_open_draft(
    tmp_path: Path,
) -> None:
    (tmp_path / "keys.json.part").touch(mode=0o666)
    write_whole(tmp_path / "keys.json", "secret")
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600
