"""Both stores of blobs, as a service has them by its settings: a folder, and a bucket of moto's.

Two services each, media and video, side by side: below one folder, in one bucket.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from chassis import ids, settings
from chassis.door.web import PublicDoor, links
from contracts import SERVICES
from embedded.doors import PublicServer
from gateways import blobs
from gateways.blobs import BlobSettings
from gateways.port import Blobs
from object_store import filled, object_store, settings_of

BUCKET = "ai-studio-blobs"
CHILD = Path(__file__).with_name("store_child.py")


@dataclass(frozen=True)
class Stage:
    """One kind of store: media's blobs, video's beside them, and media's settings."""

    kind: str
    blobs: Blobs
    others: Blobs
    variables: Mapping[str, str]

    def fill(self, keys: Iterable[str]) -> None:
        """Have a byte under each of these keys, sooner than by putting them."""
        if self.kind == "s3":
            return filled(BUCKET, (f"media/{key}" for key in keys))
        for key in keys:
            path = Path(self.variables["BLOBS_FOLDER"], key)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"x")

    def child(self, task: str, *arguments: str) -> "subprocess.Popen[str]":
        """Start another process that has media's store, for one of `store_child`'s tasks."""
        command = [sys.executable, str(CHILD), json.dumps(dict(self.variables)), task, *arguments]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def opened(variables: Mapping[str, str]) -> blobs.Store:
    """Return the store that these variables describe."""
    return blobs.opened(settings.load(BlobSettings, variables), SERVICES, ids.now)


@contextmanager
def folders(root: Path) -> Iterator[Stage]:
    """Give stores in folders, the links of media's answered by its door."""
    server = PublicServer(0)
    common = {"ENV": "embedded", "PUBLIC_URL": server.url, "BLOBS": "folder"}
    common |= {"BLOBS_KEY": "only-for-tests-" * 3}
    mine, theirs = ({**common, "BLOBS_FOLDER": str(root / name)} for name in ("media", "video"))
    store = opened(mine)
    server.start(PublicDoor(links(store.answer, (), methods=("GET", "PUT"), max_bytes=1 << 20)))
    yield Stage("folder", store.blobs, opened(theirs).blobs, mine)
    server.stop()


@contextmanager
def buckets() -> Iterator[Stage]:
    """Give stores in one bucket, each below a prefix."""
    with object_store(BUCKET) as endpoint:
        common = {"ENV": "production", "PUBLIC_URL": "https://media.example"}
        mine, theirs = (
            {**common, **settings_of(endpoint, BUCKET, name)} for name in ("media", "video")
        )
        yield Stage("s3", opened(mine).blobs, opened(theirs).blobs, mine)
