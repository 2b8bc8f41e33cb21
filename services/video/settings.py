"""video's settings."""

from typing import Literal

from chassis.domain import value
from gateways.addresses import parsed_prefixes
from gateways.blobs import BlobSettings


@value
class Settings(BlobSettings):
    """Each field is an environment variable of the same name in upper case."""

    database_url: str
    public_keys: str  # JSON: key id -> PEM of an Ed25519 public key, the current and the next
    engine: Literal["local"]
    sources: str  # what media's links begin with, parted by blanks: its public door, its bucket
    work_folder: str  # below it each process keeps what it is at work on

    def __post_init__(self) -> None:
        parsed_prefixes(self.sources)
