"""Files written whole or not at all, and readable by their owner alone."""

import os
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Write `text`; whoever is killed meanwhile leaves what was there before. 0600, UTF-8."""
    draft = path.with_name(f"{path.name}.part")
    draft.unlink(missing_ok=True)  # a killed run's
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as sink:
        sink.write(text)
        sink.flush()
        os.fsync(sink.fileno())
    os.replace(draft, path)
