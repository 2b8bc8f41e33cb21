"""media's settings: what both stores need."""

import json

import pytest

from chassis import settings
from chassis.door.tokens import new_key_pair
from chassis.settings import Misconfigured
from media.settings import Settings

COMMON = {
    "ENV": "production",
    "DATABASE_URL": "postgresql://media_app:secret@localhost/media",
    "PUBLIC_KEYS": json.dumps({"1": new_key_pair()[1]}),
    "PUBLIC_URL": "https://media.example",
    "WORK_FOLDER": "work",
    "ENGINE": "local",
    "BLOBS": "s3",
    "BLOBS_BUCKET": "ai-studio",
    "BLOBS_ENDPOINT": "https://s3.example",
    "BLOBS_REGION": "eu-north-1",
    "BLOBS_ACCESS_KEY": "access",
    "BLOBS_SECRET_KEY": "secret",
}


@pytest.mark.parametrize(
    ("key", "fault"), [(None, ""), (" ", "empty"), ("short", "shorter than 32 characters")]
)
def test_with_a_bucket_too_our_own_door_signs(key: str | None, fault: str) -> None:
    variables = COMMON | ({} if key is None else {"BLOBS_KEY": key})

    with pytest.raises(Misconfigured, match=f"BLOBS_KEY.*{fault}"):
        settings.load(Settings, variables)


def test_with_its_key_media_has_a_bucket() -> None:
    assert settings.load(Settings, {**COMMON, "BLOBS_KEY": "k" * 32}).blobs == "s3"
