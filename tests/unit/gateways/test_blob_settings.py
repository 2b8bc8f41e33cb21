"""Which store a service has: named, whole, and no folder in production."""

import pytest

from chassis import ids, settings
from chassis.settings import Misconfigured
from gateways import blobs
from gateways.blobs import BlobSettings

COMMON = {"ENV": "demo", "PUBLIC_URL": "https://media.example"}
KEY = "signs-links-in-tests-and-nowhere-else"
FOLDER = {**COMMON, "BLOBS": "folder", "BLOBS_FOLDER": "blobs", "BLOBS_KEY": KEY}
S3 = {
    **COMMON,
    "ENV": "production",
    "BLOBS": "s3",
    "BLOBS_BUCKET": "ai-studio",
    "BLOBS_PREFIX": "media",
    "BLOBS_ENDPOINT": "https://s3.eu-north-1.amazonaws.com",
    "BLOBS_REGION": "eu-north-1",
    "BLOBS_ACCESS_KEY": "who",
    "BLOBS_SECRET_KEY": "secret",
}


@pytest.mark.parametrize(
    ("right", "missing"),
    [
        *((FOLDER, name) for name in ("BLOBS_FOLDER", "BLOBS_KEY", "ENV", "BLOBS")),
        *((S3, name) for name in sorted(set(S3) - {"BLOBS_PREFIX"})),
    ],
)
def test_what_a_store_needs_and_lacks_stops_the_start_with_its_name(
    right: dict[str, str], missing: str
) -> None:
    lacking = {name: text for name, text in right.items() if name != missing}
    with pytest.raises(Misconfigured, match=f"^{missing}: "):
        settings.load(BlobSettings, lacking)


def test_blanks_are_no_key() -> None:
    with pytest.raises(Misconfigured, match="^BLOBS_KEY: "):
        settings.load(BlobSettings, {**FOLDER, "BLOBS_KEY": " "})


@pytest.mark.parametrize("written", ["short", f"{KEY} short", f"short\n{KEY}"])
def test_each_of_its_keys_is_long(written: str) -> None:
    with pytest.raises(Misconfigured, match="^BLOBS_KEY: shorter than 32 characters$"):
        settings.load(BlobSettings, {**FOLDER, "BLOBS_KEY": written})


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("PUBLIC_URL", "media.example"),
        ("BLOBS_ENDPOINT", "s3.example"),
        ("BLOBS_ORIGINS", "app.example"),
        ("BLOBS_ORIGINS", "https://app.example https://other.example/"),
    ],
)
def test_what_is_no_address_is_refused(name: str, written: str) -> None:
    good = {**FOLDER, "BLOBS_ORIGINS": "https://app.example http://localhost:3000"}
    assert settings.load(BlobSettings, good).blobs_origins == good["BLOBS_ORIGINS"]
    with pytest.raises(Misconfigured, match=f"^{name}: "):
        settings.load(BlobSettings, {**good, name: written})


def test_production_refuses_a_folder() -> None:
    with pytest.raises(Misconfigured, match="^BLOBS: a folder is not for production"):
        settings.load(BlobSettings, {**FOLDER, "ENV": "production"})


@pytest.mark.parametrize("prefix", ["", "media", "prod/media"])
@pytest.mark.parametrize("endpoint", ["https://s3.eu-north-1.amazonaws.com", "http://minio:9000/"])
def test_links_to_a_bucket_begin_as_docs_deploying_says(prefix: str, endpoint: str) -> None:
    given = settings.load(BlobSettings, {**S3, "BLOBS_PREFIX": prefix, "BLOBS_ENDPOINT": endpoint})
    store = blobs.opened(given, (), ids.now)
    begun = "/".join(part for part in (endpoint.rstrip("/"), "ai-studio", prefix) if part)
    assert store.blobs.link("a/b.jpg", "image/jpeg").url.startswith(f"{begun}/a/b.jpg?")
    assert store.answer is None
