"""The main job with `BLOBS=s3` and `ENGINE=fal`: photographs, film, invoice lie in a bucket alone.

fal is its stand-in, which fetches what it was sent and gives it back. The bucket is moto's: it
checks neither a signature nor an expiry nor a checksum.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pytest
import requests

from chassis import ids, settings
from contracts import SERVICES
from demo.figures import figures
from demo.main_job import Photo
from embedded.suite import Suite
from fal.stand_in import FalStandIn
from gateways import blobs
from gateways.blobs import BlobSettings
from journeys.stages.quiet import main_job
from object_store import object_store, settings_of

BUCKET = "ai-studio"
PRICE_MICRO_USD = 39_000
KINDS = {  # what each service has stored at the end, by the folder in its workspace's or project's
    "media": {"original", "result"},
    "video": {"sources", "pieces", "films"},
    "billing": {"documents"},
    "affiliate": {"notes"},
}


@pytest.mark.long
def test_photographs_film_and_invoice_lie_in_a_bucket(
    run_folder: Path, photos: Sequence[Photo]
) -> None:
    with object_store(BUCKET) as endpoint, FalStandIn() as fal:
        fal.state.paint = lambda job: requests.get(job.input["image_urls"][0], timeout=30).content
        given = {name: dict(settings_of(endpoint, BUCKET, name)) for name in KINDS}
        given["media"] |= {
            "ENGINE": "fal",
            "FAL_KEY": fal.key,
            "FAL_QUEUE_URL": fal.queue_url,
            "FAL_REST_URL": fal.rest_url,
            "FAL_JWKS_URL": fal.jwks_url,
            "FAL_PRICE_NANO_BANANA_PRO_EDIT": f"{PRICE_MICRO_USD}",
            "FAL_PRICE_QWEN_IMAGE_EDIT_INPAINT": f"{PRICE_MICRO_USD}",
        }
        given["video"]["SOURCES"] = f"{endpoint}/{BUCKET}/media"
        data = run_folder / "buckets"
        with Suite(data, durable=False, settings=given) as suite:
            done = main_job(suite, photos).run()
            suite.settle()

            assert [figure for figure in figures(done) if not figure.holds] == []
            for file in (done.video["film"], done.document):
                fetched = requests.get(file["url"], timeout=30).content
                assert hashlib.sha256(fetched).hexdigest() == file["sha256"]
            assert [each["metadata"]["engine"] for each in done.project["images"]] == ["fal", "fal"]
            made = suite.sql("media", "select count(*) from image_generation where attempts = 1")
            assert len(fal.billable) == fal.posts == made[0]["count"]  # the sale's are among them
            for name, kinds in KINDS.items():
                assert stored(given[name]) == kinds
        assert [path for path in data.glob("blobs/*/**/*") if path.is_file()] == []


def stored(variables: dict[str, str]) -> set[str]:
    """Return the names of the folders that the service's blobs lie in."""
    own = {"ENV": "embedded", "PUBLIC_URL": "http://nowhere.invalid", **variables}
    store = blobs.opened(settings.load(BlobSettings, own), SERVICES, ids.now)
    known = set[str]().union(*KINDS.values())
    parts = ({*each.key.split("/")} & known or {each.key} for each in store.blobs.listed(""))
    return set[str]().union(*parts)
