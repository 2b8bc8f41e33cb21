"""The doors of the embedded suite: where they are is told in a file."""

import os
from pathlib import Path

from embedded.doors import open_doors


def test_the_ports_of_the_doors_are_replaced_whole(tmp_path: Path) -> None:
    for _ in range(2):
        doors = open_doors(["auth", "media"], tmp_path)
        if not (tmp_path / "before").exists():
            os.link(tmp_path / "ports.json", tmp_path / "before")
        for door in doors.values():
            door.stop()
    assert not (tmp_path / "ports.json").samefile(tmp_path / "before")
