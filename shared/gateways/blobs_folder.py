"""Blobs in a folder, handed out by signed links to the service's own door: to read, or one upload.

What is being written, and what is being read as a file, lies in `.parts`, which no key leads to.
A folder without it is no store: a volume that is not mounted, say.
"""

import hashlib
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from itsdangerous import BadData, URLSafeSerializer
from werkzeug.exceptions import Forbidden, NotFound, ServiceUnavailable, UnprocessableEntity
from werkzeug.utils import send_file
from werkzeug.wrappers import Request, Response

from chassis import errors, ids
from gateways.blob_rules import away, checked, checked_prefix, is_key, not_found, saved_as
from gateways.port import CHUNK, LINK, Blob, Link, Listed, UploadLink, blob_of_chunks

SIGNED = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}  # the library's own: SHA-1
LEFT_BEHIND = timedelta(days=1)  # what a killed process left of a file; none is at work so long


class Folder:
    """A folder of blobs behind a service's public HTTP door, reached at a URL; see `Blobs`."""

    def __init__(
        self,
        root: Path,
        public_url: str,
        signing_keys: tuple[str, ...],
        clock: Callable[[], datetime] = ids.now,
        reserved: Collection[str] = (),
    ) -> None:
        """Of the keys the first signs links, each verifies. No blob's begins with a `reserved`."""
        self.root, self.public_url, self.clock = root, public_url, clock
        self._reserved, self._parts = reserved, root / ".parts"
        self._signer = URLSafeSerializer(signing_keys[::-1], "blob-link", signer_kwargs=SIGNED)
        self._parts.mkdir(parents=True, exist_ok=True)
        self._clear_parts()

    def put(self, key: str, content: bytes) -> Blob:
        """Store bytes under `key`, whole or not at all."""
        return self._store(key, [content])

    def put_file(self, key: str, path: Path) -> Blob:
        """Store a file's bytes under `key`, whole or not at all."""
        with path.open("rb") as source:
            return self._store(key, iter(lambda: source.read(CHUNK), b""))

    def stat(self, key: str) -> Blob:
        """Return size and SHA-256 of stored bytes."""
        return blob_of_chunks(key, self.chunks(key))

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        """Give a second name of the file, which stays when the first is replaced or deleted."""
        path, held = self._file(key), self._part()
        with self._disk():
            os.link(path, held)
        try:
            yield held
        finally:
            held.unlink(missing_ok=True)

    def chunks(self, key: str) -> Iterator[bytes]:
        """Yield the bytes, a chunk at a time."""
        with self._disk(), self._file(key).open("rb") as source:
            while chunk := source.read(CHUNK):
                yield chunk

    def copy(self, source: str, target: str) -> Blob:
        """Store under `target` what lies under `source`, whole or not at all."""
        checked(source, self._reserved)  # before anything is written
        return self._store(target, self.chunks(source))

    def delete(self, key: str) -> None:
        """Delete the bytes; what is not there is deleted."""
        with suppress(errors.NotFound), self._disk():
            self._file(key).unlink(missing_ok=True)

    def listed(self, prefix: str) -> Iterator[Listed]:
        """Yield what lies under the keys that begin so."""
        begun = self.root / checked_prefix(prefix, self._reserved).rpartition("/")[0]
        self._must_be_there()
        for folder, _, names in os.walk(begun):
            for name in names:
                path = Path(folder, name)
                key = path.relative_to(self.root).as_posix()
                if key.startswith(prefix) and is_key(key, self._reserved):
                    with suppress(FileNotFoundError):  # deleted meanwhile
                        yield _as_listed(key, path.stat())

    def link(
        self,
        key: str,
        content_type: str,
        *,
        lifetime: timedelta = LINK,
        file_name: str | None = None,
    ) -> Link:
        """Return a link by which anybody may read these bytes."""
        claims = {"key": checked(key, self._reserved), "type": content_type, "name": file_name}
        url, expires_at = self._signed(claims, lifetime)
        return Link(url=url, expires_at=expires_at)

    def upload_link(self, key: str, content_type: str, size: int, sha256: str) -> UploadLink:
        """Return a link by which exactly these bytes may be sent: the door looks at them."""
        claims = {"key": checked(key, self._reserved), "type": content_type, "put": True}
        url, expires_at = self._signed({**claims, "size": size, "sha256": sha256}, LINK)
        headers = {"Content-Type": content_type}
        return UploadLink(method="PUT", url=url, headers=headers, expires_at=expires_at)

    def answer(self, request: Request, token: str) -> Response:
        """Answer a request for `/blobs/<token>`."""
        claims = self._claims(token)
        try:
            if claims.get("put") and request.method == "PUT":
                self._receive(request, claims)
                return Response(status=201)
            if claims.get("put") or request.method not in ("GET", "HEAD"):
                raise Forbidden("this link is not for that")
            return self._sent(request, claims)
        except errors.NotFound:
            raise NotFound() from None
        except errors.Unavailable:
            raise ServiceUnavailable() from None

    def _sent(self, request: Request, claims: Mapping[str, Any]) -> Response:
        path, environ = self._file(claims["key"]), request.environ
        with self._disk():
            response = send_file(path, environ, mimetype=claims["type"], conditional=True)
        if claims["name"] is not None:
            response.headers["Content-Disposition"] = saved_as(claims["name"])
        return response

    def _receive(self, request: Request, claims: Mapping[str, Any]) -> None:
        if request.content_length != claims["size"]:
            raise UnprocessableEntity("these are not as many bytes as were announced")
        if request.mimetype != claims["type"]:
            raise UnprocessableEntity("this is not the content type that was announced")
        stream = request.stream
        self._store(claims["key"], iter(lambda: stream.read(CHUNK), b""), claims["sha256"])

    def _store(self, key: str, chunks: Iterable[bytes], expected: str | None = None) -> Blob:
        target, part = self._path(key), self._part()
        with self._disk():
            try:
                with part.open("xb") as sink:
                    blob = blob_of_chunks(key, _written(chunks, sink))
                    sink.flush()
                    os.fsync(sink.fileno())
                if expected is not None and blob.sha256 != expected:
                    raise UnprocessableEntity("these are not the bytes that were announced")
                target.parent.mkdir(parents=True, exist_ok=True)
                os.replace(part, target)
            finally:
                part.unlink(missing_ok=True)
        return blob

    def _path(self, key: str) -> Path:
        return self.root / checked(key, self._reserved)

    def _file(self, key: str) -> Path:
        path = self._path(key)
        self._must_be_there()
        if not path.is_file():
            raise not_found(key)
        return path

    def _part(self) -> Path:
        return self._parts / str(ids.fresh())

    def _must_be_there(self) -> None:
        if not self._parts.is_dir():
            raise away(FileNotFoundError())

    @contextmanager
    def _disk(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise away(error) from error

    def _clear_parts(self) -> None:
        latest = (self.clock() - LEFT_BEHIND).timestamp()
        for part in self._parts.iterdir():
            with suppress(FileNotFoundError):
                if part.stat().st_ctime < latest:  # of a second name: when it was given
                    part.unlink()

    def _signed(self, claims: Mapping[str, Any], lifetime: timedelta) -> tuple[str, datetime]:
        expires_at = self.clock() + lifetime
        token = self._signer.dumps({**claims, "exp": int(expires_at.timestamp())})
        text = token if isinstance(token, str) else token.decode()
        return f"{self.public_url}/blobs/{text}", expires_at

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            claims: dict[str, Any] = self._signer.loads(token)
        except BadData:
            raise Forbidden("this link is not one of ours") from None
        if claims["exp"] <= self.clock().timestamp():
            raise Forbidden("this link has expired")
        return claims


def _written(chunks: Iterable[bytes], sink: BinaryIO) -> Iterator[bytes]:
    for chunk in chunks:
        sink.write(chunk)
        yield chunk


def _as_listed(key: str, found: os.stat_result) -> Listed:
    modified_at = datetime.fromtimestamp(found.st_mtime, UTC)
    return Listed(key=key, size=found.st_size, modified_at=modified_at)
