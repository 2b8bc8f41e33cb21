"""A ZIP file while it is sent: stored and not compressed, so that its size is known before."""

from collections.abc import Sequence

from zipstream import ZipStream

from chassis.domain import value
from gateways.port import Blobs


@value
class Entry:
    """A stored file, and its name in the archive."""

    key: str
    name: str
    size: int  # bytes


def archive(blobs: Blobs, entries: Sequence[Entry]) -> ZipStream:
    """Return the archive: `len` says how many bytes it will be, and iterating yields them.

    A file is read when it is its turn, a chunk at a time.
    """
    stream = ZipStream(sized=True)
    for each in entries:
        stream.add(blobs.chunks(each.key), each.name, size=each.size)
    return stream
