"""What both stores hold to: what is a key, how they refuse, and a file's name for browsers."""

import re
from collections.abc import Collection
from urllib.parse import quote

from chassis.errors import Invalid, NotFound, Unavailable

NAME = "[a-z0-9_-]{1,200}"
KEY = re.compile(rf"(?!.{{513}})(?=[a-z0-9]){NAME}(?:/{NAME})*(?:\.[a-z0-9]{{1,10}})?")
PREFIX = re.compile(rf"(?!.{{513}})(?:(?=[a-z0-9]){NAME}(?:/{NAME})*/?)?")


def is_key(key: str, reserved: Collection[str]) -> bool:
    """Return whether something may lie under that: no key begins with a `reserved` word."""
    return KEY.fullmatch(key) is not None and key.partition("/")[0] not in reserved


def checked(key: str, reserved: Collection[str]) -> str:
    """Return the key. Raises `Invalid` for what is none."""
    if not is_key(key, reserved):
        raise Invalid("chassis.invalid_argument", "not a blob's key")
    return key


def checked_prefix(prefix: str, reserved: Collection[str]) -> str:
    """Return what keys may begin with. Raises `Invalid` for what no key begins with."""
    if not PREFIX.fullmatch(prefix) or prefix.partition("/")[0] in reserved:
        raise Invalid("chassis.invalid_argument", "no blob's key begins so")
    return prefix


def not_found(key: str) -> NotFound:
    """Return the error of a key under which nothing lies."""
    return NotFound("chassis.blob_not_found", f"no blob {key}")


def away(error: Exception) -> Unavailable:
    """Return the error of a store that does not answer: the same may succeed later."""
    return Unavailable("chassis.blobs_unavailable", f"the store of blobs: {type(error).__name__}")


def saved_as(file_name: str) -> str:
    """Return the `Content-Disposition` that lets a browser save under that name."""
    return f"attachment; filename*=UTF-8''{quote(file_name, safe='')}"
