"""What the outside is to those who use it: values and protocols, and the form of a reference."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from chassis.domain import value

SCHEME = "blob:"
LINK = timedelta(minutes=15)  # how long a link lets its holder in
CHUNK = 1 << 20  # bytes
# What a job of a mail that counts waits (s) between its attempts. A mail server comes back; mail
# waits for five days elsewhere, too (RFC 5321, 4.5.4.1): what is tried 26 times has waited as long.
MAIL_BACKOFF_S = (10, 60, 300, 1_800, 7_200, 21_600)
MAIL_ATTEMPTS = 26


@value
class Blob:
    """What is known of stored bytes."""

    key: str
    sha256: str
    size: int  # bytes

    @property
    def ref(self) -> str:
        """The stable reference that the seed's `*_url` columns hold."""
        return ref_of(self.key)


@value
class Listed:
    """What a listing says of stored bytes, without reading them."""

    key: str
    size: int  # bytes
    modified_at: datetime


@value
class Link:
    """An address by which anybody may read one blob until then."""

    url: str = field(repr=False)
    expires_at: datetime


@value
class UploadLink:
    """An address to which anybody may send one file until then, with these headers."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str]
    expires_at: datetime


class Blobs(Protocol):
    """A store of bytes under keys, of one service alone.

    Every method raises `Invalid("chassis.invalid_argument")` for what is no key and
    `Unavailable("chassis.blobs_unavailable")` where the store is away; what reads raises
    `NotFound("chassis.blob_not_found")` for what is not there.
    """

    def put(self, key: str, content: bytes) -> Blob:
        """Store bytes, whole or not at all, in place of what was there."""
        ...

    def put_file(self, key: str, path: Path) -> Blob:
        """Store a file's bytes, whole or not at all, in place of what was there."""
        ...

    def stat(self, key: str) -> Blob:
        """Read the bytes; return the size and the SHA-256 of what lies there."""
        ...

    def local(self, key: str) -> AbstractContextManager[Path]:
        """Give a file of the bytes as they are now, to read while inside."""
        ...

    def chunks(self, key: str) -> Iterator[bytes]:
        """Yield the bytes, at most `CHUNK` at a time."""
        ...

    def copy(self, source: str, target: str) -> Blob:
        """Store under `target` what lies under `source`, whole or not at all."""
        ...

    def delete(self, key: str) -> None:
        """Delete the bytes; what is not there is deleted."""
        ...

    def listed(self, prefix: str) -> Iterator[Listed]:
        """Yield what lies under the keys that begin so ('' for all), in no order."""
        ...

    def link(
        self,
        key: str,
        content_type: str,
        *,
        lifetime: timedelta = LINK,
        file_name: str | None = None,
    ) -> Link:
        """Return a link to read by; browsers save what has a `file_name` under that name."""
        ...

    def upload_link(self, key: str, content_type: str, size: int, sha256: str) -> UploadLink:
        """Return a link to send that file by. Who relies on what came reads it: stores differ."""
        ...


@value
class Attachment:
    """A file that goes with a message."""

    name: str  # under which it is saved
    content_type: str  # 'application/pdf'
    content: bytes = field(repr=False)


@value
class Inline:
    """A picture that a page shows from within its message: `<img src="cid:<id>">`."""

    id: str  # one for all the world, as an address is: 'logo.7@example.com'
    content_type: str  # 'image/png'
    content: bytes = field(repr=False)


@value
class Message:
    """A mail to one address. Under its id it is one message, however often it is sent."""

    id: str
    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str | None = field(default=None, repr=False)  # the same as a page, for who reads pages
    inline: tuple[Inline, ...] = ()  # the pictures of that page
    at: datetime
    attachments: tuple[Attachment, ...] = ()


class Mail(Protocol):
    """Where mail is handed over.

    No error names an address or quotes what a server said: jobs keep what they end in.
    """

    def send(self, message: Message, before: str | None = None) -> None:
        """Hand a message over, once; it is whoever asks that tries again.

        `before`: the error that the attempt before ended in, as the job kept it (`Task.error`). A
        message whose answer was lost may have arrived: it is sent once more, and then never again.

        Raises:
            Rejected: for good; `chassis.mail_refused` by the server, `chassis.mail_unwritable`
                for an address or a subject that no mail can have, `chassis.mail_unanswered` where
                the answer was lost a second time.
            Unavailable: for now; `chassis.mail_unavailable`, `chassis.mail_unanswered`, and
                `chassis.mail_misconfigured` where the server refuses us and not the message.
        """
        ...


def ref_of(key: str) -> str:
    """Return the reference to what lies under that key."""
    return f"{SCHEME}{key}"


def key_of(ref: str) -> str:
    """Return under which key lies what a reference names."""
    return ref.removeprefix(SCHEME)


def blob_of(key: str, path: Path) -> Blob:
    """Return what a file's bytes are, under that key. Raises `OSError`."""
    with path.open("rb") as source:
        return blob_of_chunks(key, iter(lambda: source.read(CHUNK), b""))


def blob_of_chunks(key: str, chunks: Iterator[bytes]) -> Blob:
    """Return what these bytes are, under that key."""
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        digest.update(chunk)
        size += len(chunk)
    return Blob(key=key, sha256=digest.hexdigest(), size=size)
