"""video's settings."""

from typing import Literal

from chassis.domain import value


@value
class Settings:
    """Each field is an environment variable of the same name in upper case."""

    database_url: str
    public_keys: str  # JSON: key id -> PEM of an Ed25519 public key, the current and the next
    public_url: str  # where this service's public HTTP door is reached
    blobs: Literal["folder"]
    blobs_folder: str
    blobs_key: str  # signs the links to blobs
    engine: Literal["local"]
    media_url: str  # media's public HTTP door: pictures are fetched from nowhere else
