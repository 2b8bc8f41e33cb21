"""video's settings."""

from typing import Literal

from chassis.domain import value
from chassis.settings import Misconfigured
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

    def wrong(self) -> dict[str, str | Literal[False]]:
        """Return by its variable what cannot be as it is, or False."""
        return BlobSettings.wrong(self) | {"SOURCES": self._unread()}

    def _unread(self) -> str | Literal[False]:
        try:
            parsed_prefixes(self.sources)
        except Misconfigured as error:
            return str(error)
        return False
