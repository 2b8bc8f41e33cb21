"""What another process does with a store: `python store_child.py <variables> <task> …`."""

import json
import resource
import sys
from collections.abc import Callable, Mapping
from itertools import cycle
from pathlib import Path

from chassis import ids, settings
from gateways import blobs
from gateways.blobs import BlobSettings
from gateways.port import Blobs


def overwrite(store: Blobs, key: str, *paths: str) -> None:
    """Put one file after the other under one key, for ever."""
    for path in cycle(paths):
        store.put_file(key, Path(path))
        print("put", flush=True)


def carry(store: Blobs, key: str, path: str) -> None:
    """Do everything with one large blob; print by how many KiB that made this process larger."""
    store.put_file("small", Path(__file__))  # what is loaded at the first use
    store.stat("small")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    kept = store.put_file(key, Path(path))
    assert store.stat(key) == kept
    assert store.copy(key, f"{key}-copy").sha256 == kept.sha256
    with store.local(key) as file:
        assert file.stat().st_size == kept.size
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)


def main(variables: Mapping[str, str], task: str, *arguments: str) -> None:
    store = blobs.opened(settings.load(BlobSettings, variables), (), ids.now).blobs
    tasks: dict[str, Callable[..., None]] = {"overwrite": overwrite, "carry": carry}
    tasks[task](store, *arguments)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), *sys.argv[2:])
