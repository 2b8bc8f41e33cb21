"""video's settings."""

from typing import Annotated, Literal

from chassis.database.database_url import DatabaseUrl
from chassis.domain import value
from chassis.door.key_sets import PublicKeys
from chassis.setting_rules import FolderPath, some
from gateways.addresses import parsed_prefixes
from gateways.blobs import BlobSettings


@value
class Settings(BlobSettings):
    """Each field is an environment variable of the same name in upper case."""

    database_url: DatabaseUrl
    public_keys: (
        PublicKeys  # JSON: key id -> PEM of an Ed25519 public key, the current and the next
    )
    engine: Literal["local"]
    sources: Annotated[
        str, parsed_prefixes
    ]  # what media's links begin with, parted by blanks: its public door, its bucket
    work_folder: Annotated[FolderPath, some]  # below it each process keeps what it is at work on
