"""What a setting may be, for all services: types whose rules `chassis.settings` asks."""

import re
import socket
import tempfile
from collections.abc import Callable
from typing import Annotated
from urllib.parse import urlsplit

from chassis.settings import Here

LEAST_SECRET = 32  # characters
MOST_PORT = 65_535


def at_least(least: int) -> Callable[[int], None]:
    """Return the rule of a number that is not smaller."""

    def rule(number: int) -> None:
        if number < least:
            raise ValueError(f"{number} is less than {least}")

    return rule


def port(number: int) -> None:
    """Take what is a port that somebody can be told of."""
    if not 1 <= number <= MOST_PORT:
        raise ValueError(f"{number} is no port: 1 to {MOST_PORT}")


def differ(one: int, other: int) -> None:
    """Take two ports that are not the same."""
    if one == other:
        raise ValueError(f"{one} is the other door's port as well")


def web_address(written: str) -> None:
    """Take where links may lead: http or https, a host, no question behind it; or nothing."""
    try:
        parts = urlsplit(written)
        place = parts.hostname and parts.port != 0
    except ValueError:
        place = False
    plain = re.fullmatch("[!-~]*", written) and not (parts.query or parts.fragment)
    if written and not (place and plain and parts.scheme in ("http", "https")):
        raise ValueError("is no address of http or https")


def some(written: str) -> None:
    """Take what is not blank."""
    if not written.strip():
        raise ValueError("empty")


def long_secret(written: str) -> None:
    """Take a secret that nobody guesses."""
    if len(written) < LEAST_SECRET:
        raise ValueError(f"shorter than {LEAST_SECRET} characters")


def writable(folder: str) -> None:
    """Take a folder that is there and can be written; or none, where none is needed."""
    if not folder:
        return
    try:
        tempfile.TemporaryFile(dir=folder).close()  # asked of the disk: rights are not all
    except OSError as error:
        raise ValueError(f"cannot be written: {error.strerror}") from None


def ours(host: str) -> None:
    """Take a name or an address of this machine, at which a door can be opened."""
    try:
        family, kind, *_, address = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as door:
            door.bind(address)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "is no host"
        raise ValueError(f"cannot be listened at: {reason}") from None


Port = Annotated[int, port]
Count = Annotated[int, at_least(1)]
WebAddress = Annotated[str, some, web_address]
Secret = Annotated[str, long_secret]
FolderPath = Annotated[str, Here(rule=writable)]
Host = Annotated[str, Here(rule=ours)]
