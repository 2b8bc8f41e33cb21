"""media's settings."""

from typing import Annotated, ClassVar

from chassis.database.database_url import DatabaseUrl
from chassis.domain import value
from chassis.door.key_sets import PublicKeys
from chassis.setting_rules import FolderPath, some
from gateways.blobs import BlobSettings, long_secrets
from media.fal_settings import MediaFalSettings
from media.limits import Limits


@value
class Settings(BlobSettings, MediaFalSettings, Limits):
    """Each field is an environment variable of the same name in upper case."""

    database_url: DatabaseUrl
    public_keys: (
        PublicKeys  # JSON: key id -> PEM of an Ed25519 public key, the current and the next
    )
    # with either store: published originals and archives are handed out by our own door
    blobs_key: Annotated[str, some, long_secrets]
    work_folder: Annotated[FolderPath, some]  # below it each process keeps what it is at work on

    TOGETHER: ClassVar = (*BlobSettings.TOGETHER, *MediaFalSettings.TOGETHER)
