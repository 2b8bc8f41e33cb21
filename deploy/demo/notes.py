"""What a repeat of the main job must find unchanged: a small JSON file, 0600."""

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from chassis import ids
from suitectl.whole_file import write_whole

OSLO = ZoneInfo("Europe/Oslo")


class Notes:
    """Values by name, written whole or not at all."""

    def __init__(self, path: Path) -> None:
        """Read the file; make it the first time, with the day and a password."""
        self._path = path
        if not path.exists():
            today = ids.now().astimezone(OSLO).date()
            self._write({"today": today.isoformat(), "password": ids.token()})

    def __getitem__(self, name: str) -> Any:
        """Return what was noted."""
        return self._read()[name]

    def has(self, name: str) -> bool:
        """Return whether that was noted."""
        return name in self._read()

    def keep(self, name: str, value: Any) -> None:
        """Note a value."""
        self._write({**self._read(), name: value})

    def _read(self) -> dict[str, Any]:
        notes: dict[str, Any] = json.loads(self._path.read_text("utf-8"))
        return notes

    def _write(self, notes: dict[str, Any]) -> None:
        write_whole(self._path, json.dumps(notes))
