"""Which store of blobs a service has: its settings, and the store that they describe."""

from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, ClassVar, Literal
from urllib.parse import urlsplit

from werkzeug.wrappers import Request, Response

from chassis.domain import value
from chassis.setting_rules import FolderPath, WebAddress, long_secret, web_address
from chassis.settings import Together
from gateways.blobs_folder import Folder
from gateways.port import Blobs

NEEDS = {
    "folder": ("blobs_folder", "blobs_key"),
    "s3": (
        *("blobs_bucket", "blobs_endpoint", "blobs_region"),
        *("blobs_access_key", "blobs_secret_key"),
    ),
}


def _not_for_production(blobs: str, env: str) -> None:
    if (blobs, env) == ("folder", "production"):
        raise ValueError("a folder is not for production")


def _needed(kind: str, written: str, blobs: str) -> None:
    if kind == blobs and not written.strip():
        raise ValueError(f"BLOBS={blobs} needs it")


def long_secrets(written: str) -> None:
    """Take secrets that nobody guesses, blanks between them."""
    for each in written.split():
        long_secret(each)


def _origins(written: str) -> None:
    for each in written.split():
        web_address(each)
        if urlsplit(each).path:
            raise ValueError(f"{each} is no origin: nothing stands behind its host and port")


@value
class BlobSettings:
    """The settings of a service with blobs, for its own `Settings` to extend."""

    env: Literal["embedded", "demo", "production"]
    public_url: WebAddress  # where this service's public HTTP door is reached
    blobs: Literal["folder", "s3"]
    blobs_folder: FolderPath = ""
    # signs the links to a folder; older keys behind it, after blanks, verify
    blobs_key: Annotated[str, long_secrets] = ""
    blobs_origins: Annotated[str, _origins] = (
        ""  # whose pages may use the folder's links: origins, spaces between them
    )
    blobs_bucket: str = ""
    blobs_prefix: str = ""  # of every key, where services share a bucket: 'media'
    blobs_endpoint: Annotated[str, web_address] = ""  # https://s3.eu-north-1.amazonaws.com
    blobs_region: str = ""
    blobs_access_key: str = ""
    blobs_secret_key: str = ""

    TOGETHER: ClassVar = (
        Together(of=("blobs", "env"), rule=_not_for_production),
        *(
            Together(of=(name, "blobs"), rule=partial(_needed, kind))
            for kind in NEEDS
            for name in NEEDS[kind]
        ),
    )


@value
class Store:
    """A store of blobs, and what answers its links at the service's own door, if they lead there.

    `origins`: whose pages may use those links.
    """

    blobs: Blobs
    answer: Callable[[Request, str], Response] | None
    origins: tuple[str, ...]


def opened(
    given: BlobSettings,
    reserved: Collection[str],
    clock: Callable[[], datetime],
    work: Path | None = None,
) -> Store:
    """Return the store that the settings describe; no key in it begins with a `reserved` word.

    These are the prefixes of services that share a bucket: a key that holds one is a mistake.
    `work`: where local copies lie, without one in the system's temporary folder.
    """
    match given.blobs:
        case "folder":
            root, keys = Path(given.blobs_folder), tuple(given.blobs_key.split())
            folder = Folder(root, given.public_url, keys, clock, reserved)
            origins = tuple(given.blobs_origins.split())
            return Store(blobs=folder, answer=folder.answer, origins=origins)
        case "s3":
            # here: botocore takes half a second, which a folder need not wait for
            from gateways.blobs_s3 import S3, client

            speaking = client(
                given.blobs_endpoint,
                given.blobs_region,
                given.blobs_access_key,
                given.blobs_secret_key,
            )
            prefix = f"{given.blobs_prefix}/" if given.blobs_prefix else ""
            bucket = S3(speaking, given.blobs_bucket, prefix, clock, reserved, work)
            return Store(blobs=bucket, answer=None, origins=())
