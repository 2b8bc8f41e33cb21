"""The passwords that are tried first: the 3 000 most common of eight characters or more."""

from pathlib import Path

COMMON = frozenset(Path(__file__).with_suffix(".txt").read_text("utf-8").split())


def is_common(password: str) -> bool:
    """Return whether it is one of them, in whatever case it is written."""
    return password.casefold() in COMMON
