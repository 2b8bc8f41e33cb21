"""What the suite's parts share in confidence: made once, kept in the data folder, 0600."""

import json
from pathlib import Path
from typing import Any

from contracts import SERVICES as SERVICES
from embedded.whole_file import write_whole
from suitectl.keys import completed, read


def keys(data_dir: Path) -> dict[str, Any]:
    """Return the suite's passwords and keys; make those that are missing."""
    path = data_dir / "keys.json"
    known = read(path)
    whole = completed(known, SERVICES, users=())
    if whole != known:
        write_whole(path, json.dumps(whole))
    return whole
