"""video's settings."""

from typing import Annotated, ClassVar, Literal

from chassis.database.database_url import DatabaseUrl
from chassis.domain import value
from chassis.door.key_sets import PublicKeys
from chassis.setting_rules import Count, FolderPath, some
from gateways.addresses import parsed_prefixes
from gateways.blobs import BlobSettings
from gateways.fal_settings import FILES_REACHED, FalSettings


@value
class Settings(BlobSettings, FalSettings):
    """Each field is an environment variable of the same name in upper case."""

    database_url: DatabaseUrl
    public_keys: (
        PublicKeys  # JSON: key id -> PEM of an Ed25519 public key, the current and the next
    )
    sources: Annotated[
        str, parsed_prefixes
    ]  # what media's and auth's links begin with, parted by blanks: public doors, buckets
    work_folder: Annotated[FolderPath, some]  # below it each process keeps what it is at work on
    video_budget_cents: Count = 5_000  # of a video, over all its revisions
    music: Literal["shipped", "own"] = "shipped"  # whether tracks of ours are offered, too

    TOGETHER: ClassVar = (*BlobSettings.TOGETHER, *FalSettings.TOGETHER, FILES_REACHED)
