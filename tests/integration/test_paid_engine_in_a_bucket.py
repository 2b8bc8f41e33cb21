"""The paid engine with pictures in a bucket: fal fetches from there, and results go there."""

from pathlib import Path

import requests

from integration.stages.paid_engine import paid_engine
from object_store import object_store, settings_of
from servers.postgres import Server


def test_what_lies_in_a_bucket_is_sent_and_made_just_so(
    postgres_server: Server, tmp_path: Path
) -> None:
    with (
        object_store("paid") as endpoint,
        paid_engine(postgres_server, tmp_path, **settings_of(endpoint, "paid")) as paid,
    ):
        paid.fal.hold()
        made = paid.begun()
        paid.work()
        (job,) = paid.jobs_of(made)
        assert requests.get(job.input["image_urls"][0], timeout=5).content[:2] == b"\xff\xd8"
        paid.fal.finish()
        paid.to_the_end()

        (first,) = made.image_ids
        row = paid.asked(made, "get_image", image_generation_id=first)
        assert (row["status"], row["cost_cents"]) == ("completed", 4)
        assert not any(each.startswith("sent/") for each in made.files())
