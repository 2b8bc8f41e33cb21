"""Blobs in a bucket of S3 or of what speaks like it, below one prefix; links are the store's own.

Every PUT sends bytes that can be read again, in one request: so it may be retried, it is there
whole or not at all, and a blob has at most 5 GB. The store compares them with their SHA-256.
"""

import base64
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chassis import ids
from gateways.blob_rules import away, checked, checked_prefix, is_key, not_found, saved_as
from gateways.port import CHUNK, LINK, Blob, Link, Listed, UploadLink, blob_of, blob_of_chunks

ATTEMPTS = 3
CONNECT_S, READ_S = 5, 20
GONE = "NoSuchKey"


def client(endpoint: str, region: str, access_key: str, secret_key: str) -> Any:
    """Return what speaks to an S3, told everything: it asks neither files nor the machine."""
    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": "path"},  # so that all links begin with the endpoint
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        connect_timeout=CONNECT_S,
        read_timeout=READ_S,
        # not every store knows the checksums that botocore would add by itself; we send our own
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    return Session().client(
        "s3",
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        config=config,
    )


class S3:
    """What lies below one prefix of a bucket; see `Blobs`."""

    def __init__(
        self,
        client: Any,
        bucket: str,
        prefix: str = "",
        clock: Callable[[], datetime] = ids.now,
        reserved: Collection[str] = (),
        work: Path | None = None,
    ) -> None:
        """`prefix`: '' or 'media/', before every key. No key begins with a `reserved` word.

        `work`: the folder of local copies.
        """
        self._client, self._bucket, self._prefix = client, bucket, prefix
        self._reserved, self._clock, self._work = reserved, clock, work

    def put(self, key: str, content: bytes) -> Blob:
        """Store bytes under `key`, whole or not at all."""
        return self._put(blob_of_chunks(key, iter([content])), BytesIO(content))

    def put_file(self, key: str, path: Path) -> Blob:
        """Store a file's bytes under `key`, whole or not at all; it is read twice."""
        with path.open("rb") as source:
            return self._put(blob_of(key, path), source)

    def stat(self, key: str) -> Blob:
        """Return size and SHA-256 of stored bytes."""
        return blob_of_chunks(key, self.chunks(key))

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        """Give a copy of the bytes on this machine."""
        with tempfile.NamedTemporaryFile(dir=self._work) as copy:
            copy.writelines(self.chunks(key))
            copy.flush()
            yield Path(copy.name)

    def chunks(self, key: str) -> Iterator[bytes]:
        """Yield the bytes, a chunk at a time."""
        with self._answered(key):
            found = self._client.get_object(**self._at(key))
            with closing(found["Body"]) as body:
                yield from body.iter_chunks(CHUNK)

    def copy(self, source: str, target: str) -> Blob:
        """Store under `target` what lies under `source`, whole or not at all, and read it."""
        with self._answered(source):
            self._client.copy_object(**self._at(target), CopySource=self._at(source))
        return self.stat(target)

    def delete(self, key: str) -> None:
        """Delete the bytes; what is not there is deleted."""
        with self._answered(key):
            self._client.delete_object(**self._at(key))

    def listed(self, prefix: str) -> Iterator[Listed]:
        """Yield what lies under the keys that begin so, a page of 1 000 after the other."""
        whole = self._prefix + checked_prefix(prefix, self._reserved)
        pages = self._client.get_paginator("list_objects_v2")
        with self._answered(prefix):
            for page in pages.paginate(Bucket=self._bucket, Prefix=whole):
                for each in page.get("Contents", ()):
                    key = each["Key"].removeprefix(self._prefix)
                    if is_key(key, self._reserved):
                        yield Listed(key=key, size=each["Size"], modified_at=each["LastModified"])

    def link(
        self,
        key: str,
        content_type: str,
        *,
        lifetime: timedelta = LINK,
        file_name: str | None = None,
    ) -> Link:
        """Return a link by which anybody may read these bytes."""
        answers = {"ResponseContentType": content_type, "ResponseCacheControl": "private, no-store"}
        if file_name is not None:
            answers["ResponseContentDisposition"] = saved_as(file_name)
        url, expires_at = self._signed("get_object", {**self._at(key), **answers}, lifetime)
        return Link(url=url, expires_at=expires_at)

    def upload_link(self, key: str, content_type: str, size: int, sha256: str) -> UploadLink:
        """Return a link to send that file by; it is the store's to compare, and not all do."""
        checksum = _base64(sha256)
        sent = {"ContentType": content_type, "ContentLength": size, "ChecksumSHA256": checksum}
        url, expires_at = self._signed("put_object", {**self._at(key), **sent}, LINK)
        headers = {"Content-Type": content_type, "x-amz-checksum-sha256": checksum}
        return UploadLink(method="PUT", url=url, headers=headers, expires_at=expires_at)

    def _put(self, blob: Blob, body: BinaryIO) -> Blob:
        checksum = _base64(blob.sha256)
        with self._answered(blob.key):
            self._client.put_object(**self._at(blob.key), Body=body, ChecksumSHA256=checksum)
        return blob

    def _at(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": self._prefix + checked(key, self._reserved)}

    def _signed(
        self, method: str, parameters: Mapping[str, Any], lifetime: timedelta
    ) -> tuple[str, datetime]:
        seconds = int(lifetime.total_seconds())
        expires_at = self._clock() + lifetime
        url: str = self._client.generate_presigned_url(method, Params=parameters, ExpiresIn=seconds)
        return url, expires_at

    @contextmanager
    def _answered(self, key: str) -> Iterator[None]:
        """Turn what the store says into what a store says here."""
        try:
            yield
        except ClientError as error:
            if error.response["Error"]["Code"] == GONE:
                raise not_found(key) from error
            raise away(error) from error
        except BotoCoreError as error:
            raise away(error) from error


def _base64(sha256: str) -> str:
    return base64.b64encode(bytes.fromhex(sha256)).decode()
