"""Blobs in a folder, handed out by signed links of 15 minutes: read-only, or one upload."""

import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from itsdangerous import BadData, URLSafeSerializer
from werkzeug.exceptions import Forbidden, NotFound, UnprocessableEntity
from werkzeug.utils import send_file
from werkzeug.wrappers import Request, Response

from chassis import errors, ids
from gateways.port import Blob

LINK_LIFETIME = timedelta(minutes=15)
CHUNK = 1 << 20
KEY = re.compile(r"[a-z0-9][a-z0-9_-]*(?:/[a-z0-9_-]+)*(?:\.[a-z0-9]+)?")


class Folder:
    """A folder of blobs behind one service's public HTTP door."""

    def __init__(
        self,
        root: Path,
        public_url: str,
        signing_key: str,
        clock: Callable[[], datetime] = ids.now,
    ) -> None:
        """`public_url`: where the door's `/blobs/` is reached."""
        self.root, self.public_url, self.clock = root, public_url, clock
        self._signer = URLSafeSerializer(signing_key, salt="blob-link")
        root.mkdir(parents=True, exist_ok=True)

    def put(self, key: str, content: bytes) -> Blob:
        """Store bytes under `key`, whole or not at all."""
        return self._store(key, [content])

    def put_file(self, key: str, path: Path) -> Blob:
        """Store a file's bytes under `key`, whole or not at all."""
        with path.open("rb") as source:
            return self._store(key, iter(lambda: source.read(CHUNK), b""))

    def path(self, key: str) -> Path:
        """Return where the bytes lie. Raises `NotFound` where there are none."""
        path = self._path(key)
        if not path.is_file():
            raise errors.NotFound("chassis.blob_not_found", f"no blob {key}")
        return path

    def stat(self, key: str) -> Blob:
        """Return size and SHA-256 of stored bytes. Raises `NotFound` where there are none."""
        digest, size = hashlib.sha256(), 0
        with self.path(key).open("rb") as source:
            while chunk := source.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
        return Blob(key=key, sha256=digest.hexdigest(), size=size)

    def link(self, key: str, content_type: str) -> dict[str, Any]:
        """Return `{url, expires_at}`: whoever has it may read these bytes for 15 minutes."""
        return self._link({"key": key, "type": content_type})

    def upload_link(self, key: str, content_type: str, size: int, sha256: str) -> dict[str, Any]:
        """Return `{method, url, headers, expires_at}` to send exactly these bytes."""
        claims = {"key": key, "type": content_type, "size": size, "sha256": sha256, "put": True}
        headers = {"Content-Type": content_type}
        return {"method": "PUT", "headers": headers, **self._link(claims)}

    def answer(self, request: Request, token: str) -> Response:
        """Answer a request for `/blobs/<token>`."""
        claims = self._claims(token)
        if claims.get("put") and request.method == "PUT":
            self._receive(request, claims)
            return Response(status=201)
        if claims.get("put") or request.method not in ("GET", "HEAD"):
            raise Forbidden("this link is not for that")
        try:
            path = self.path(claims["key"])
        except errors.NotFound:
            raise NotFound() from None
        response = send_file(
            path, request.environ, mimetype=claims["type"], conditional=True, max_age=0
        )
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    def _receive(self, request: Request, claims: Mapping[str, Any]) -> None:
        if request.content_length != claims["size"]:
            raise UnprocessableEntity("these are not as many bytes as were announced")
        if request.mimetype != claims["type"]:
            raise UnprocessableEntity("this is not the content type that was announced")
        stream = request.stream
        self._store(claims["key"], iter(lambda: stream.read(CHUNK), b""), claims["sha256"])

    def _store(self, key: str, chunks: Iterable[bytes], expected: str | None = None) -> Blob:
        target = self._path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        handle, name = tempfile.mkstemp(dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as sink:
                for chunk in chunks:
                    digest.update(chunk)
                    size += sink.write(chunk)
                sink.flush()
                os.fsync(sink.fileno())
            if expected is not None and digest.hexdigest() != expected:
                raise UnprocessableEntity("these are not the bytes that were announced")
            os.replace(name, target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return Blob(key=key, sha256=digest.hexdigest(), size=size)

    def _path(self, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise errors.Invalid("chassis.invalid_argument", "not a blob's key")
        return self.root / key

    def _link(self, claims: Mapping[str, Any]) -> dict[str, Any]:
        expires_at = self.clock() + LINK_LIFETIME
        token = self._signer.dumps({**claims, "exp": int(expires_at.timestamp())})
        text = token if isinstance(token, str) else token.decode()
        return {"url": f"{self.public_url}/blobs/{text}", "expires_at": expires_at}

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            claims: dict[str, Any] = self._signer.loads(token)
        except BadData:
            raise Forbidden("this link is not one of ours") from None
        if claims["exp"] <= self.clock().timestamp():
            raise Forbidden("this link has expired")
        return claims
