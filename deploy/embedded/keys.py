"""What the suite's parts share in confidence: made once, kept in the data folder, 0600."""

import json
from pathlib import Path
from typing import Any

from contracts import SERVICES as SERVICES
from suitectl.keys import completed, read
from suitectl.whole_file import write_whole


def keys(data_dir: Path) -> dict[str, Any]:
    """Return the suite's passwords and keys; make those that are missing."""
    path = data_dir / "keys.json"
    known = read(path)
    whole = completed(known, SERVICES, users=())
    if whole != known:
        write_whole(path, json.dumps(whole))
    return whole
