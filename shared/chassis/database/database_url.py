"""What a setting that names a database may be."""

from typing import Annotated

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError


def postgres_url(written: str) -> None:
    """Take a URL of PostgreSQL; of what it says wrongly nothing is quoted, it holds a password."""
    try:
        url = make_url(written)
    except (ArgumentError, ValueError):
        raise ValueError("is no URL of a database") from None
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise ValueError("is no URL of PostgreSQL: postgresql://user:password@host/database")
    if url.port is not None and not 1 <= url.port < 1 << 16:
        raise ValueError(f"{url.port} is no port")


DatabaseUrl = Annotated[str, postgres_url]
