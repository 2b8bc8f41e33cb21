"""Where blobs lie and what is fetched from must be one that may be, and all of it is said."""

import json

import pytest

from chassis import settings
from chassis.door.tokens import new_key_pair
from chassis.settings import Misconfigured
from video.settings import Settings

RIGHT = {
    "DATABASE_URL": "postgresql://nowhere.invalid",
    "PUBLIC_KEYS": json.dumps({"1": new_key_pair()[1]}),
    "PUBLIC_URL": "http://127.0.0.1",
    "BLOBS": "folder",
    "BLOBS_FOLDER": "blobs",
    "BLOBS_KEY": "only-for-tests-" * 3,
    "ENGINE": "local",
    "ENV": "embedded",
    "SOURCES": "https://media.example",
    "WORK_FOLDER": "work",
}


def test_what_is_right_is_taken() -> None:
    assert settings.load(Settings, RIGHT).sources == "https://media.example"


def test_production_refuses_films_in_a_folder() -> None:
    with pytest.raises(Misconfigured, match="^BLOBS: a folder is not for production$"):
        settings.load(Settings, {**RIGHT, "ENV": "production"})


def test_all_that_is_wrong_is_said_at_once() -> None:
    wrong = {**RIGHT, "BLOBS": "s3", "BLOBS_BUCKET": "films", "SOURCES": "media.example"}

    with pytest.raises(Misconfigured, match=r"BLOBS_ENDPOINT: .*BLOBS_SECRET_KEY: .*SOURCES: "):
        settings.load(Settings, wrong)
