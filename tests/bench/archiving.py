"""Archiving: ten results of 12 megapixels as one ZIP file, beside reading the same files alone."""

import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from gateways.blobs_folder import Folder
from gateways.port import Blobs
from media.gateways.archive import Entry, archive

RESULTS = 10
BYTES = 6_000_000  # of a result of 12 megapixels

Entries = list[Entry]


@contextmanager
def contest() -> Iterator[tuple[Mapping[str, Callable[[], float]], Callable[[], float]]]:
    """Yield who sends how many MB a second, and what tells the most MB of memory ours takes."""
    with tempfile.TemporaryDirectory() as folder:
        blobs = Folder(Path(folder), "https://media.example", ("key",))
        keys = [f"a/b/result/{number}.jpg" for number in range(RESULTS)]
        entries = [Entry(key=key, name=f"{key[-5:]}", size=BYTES) for key in keys]
        for key in keys:
            blobs.put(key, bytes(BYTES))
        rates = {"zip": partial(_rate, _zipped, blobs, entries)}
        rates["read"] = partial(_rate, _read, blobs, entries)
        yield rates, partial(_peak_mb, blobs, entries)


def _rate(send: Callable[[Blobs, Entries], Iterator[bytes]], blobs: Blobs, of: Entries) -> float:
    began = time.perf_counter()
    sent = sum(len(chunk) for chunk in send(blobs, of))
    return sent / 1e6 / (time.perf_counter() - began)


def _zipped(blobs: Blobs, entries: Entries) -> Iterator[bytes]:
    return iter(archive(blobs, entries))


def _read(blobs: Blobs, entries: Entries) -> Iterator[bytes]:
    for each in entries:
        yield from blobs.chunks(each.key)


def _peak_mb(blobs: Blobs, entries: Entries) -> float:
    tracemalloc.start()
    for _ in _zipped(blobs, entries):
        """It is sent."""
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1e6
