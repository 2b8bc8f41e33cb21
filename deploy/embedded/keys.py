"""What the suite's parts share in confidence: made once, kept in the data folder, 0600."""

import json
from pathlib import Path
from typing import Any

from chassis import ids
from chassis.identity import new_key_pair
from embedded.whole_file import write_whole

SERVICES = ("auth", "media", "video", "billing", "affiliate")


def keys(data_dir: Path) -> dict[str, Any]:
    """Return the suite's passwords and keys; make them the first time."""
    path = data_dir / "keys.json"
    if not path.exists():
        write_whole(path, json.dumps(_new_keys()))
    made: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return made


def _new_keys() -> dict[str, Any]:
    private, public = new_key_pair()
    return {
        "signing_key": private,
        "public_keys": {"1": public},
        "blobs": {name: ids.token() for name in SERVICES},
        "roles": {f"{name}_{kind}": ids.token() for name in SERVICES for kind in ("owner", "app")},
    }
