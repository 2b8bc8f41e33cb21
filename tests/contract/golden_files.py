"""Where the golden samples lie; `python tests/contract/golden_files.py` adds those that lack."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

from chassis.testing import golden
from embedded.keys import SERVICES

FOLDER = Path(__file__).parent / "golden"


def load(service: str) -> dict[str, golden.Samples]:
    """Return a service's samples: `stored` events, and those `told` to others."""
    path = FOLDER / f"{service}.json"
    if not path.exists():
        return {"stored": {}, "told": {}}
    samples: dict[str, golden.Samples] = json.loads(path.read_text("utf-8"))
    return samples


def written(service: str) -> dict[str, list[type[Any]]]:
    """Return the events that a service writes today: `stored` and `told`."""
    built = import_module(f"{service}.app").SERVICE
    stored = [event for decider in built.deciders for event in decider.events]
    return {"stored": stored, "told": list(built.publishes)}


def main() -> None:
    """Add a sample for every event that has none."""
    FOLDER.mkdir(exist_ok=True)
    for service in SERVICES:
        samples = load(service)
        for kind, events in written(service).items():
            samples[kind] = golden.complete(samples[kind], events)
        text = json.dumps(samples, indent=1, sort_keys=True, ensure_ascii=False)
        (FOLDER / f"{service}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
