"""What kling is asked, what it gives, and what `ENGINE=fal` needs in video."""

from typing import Any

import pytest

from chassis import settings
from chassis.settings import Misconfigured
from gateways.provider import Done, Failed
from unit.video.test_settings import RIGHT
from video.domain.engines import KLING
from video.gateways.fal import NEGATIVE, animating, read
from video.settings import Settings

FILM = "https://v3.fal.media/files/a/output.mp4"
ASKED = {"picture": "https://video.example/a", "prompt": "Slowly", "seconds": 10, "sound": True}
STAND_IN = {
    "ENGINE": "fal",
    "FAL_KEY": "7f3a:0123456789abcdef",
    "FAL_QUEUE_URL": "http://127.0.0.1:9000",
    "FAL_REST_URL": "http://127.0.0.1:9000/v1",
    "FAL_JWKS_URL": "http://127.0.0.1:9000/.well-known/jwks.json",
}


@pytest.mark.parametrize("end", [None, "https://video.example/b"])
def test_kling_is_told_where_to_begin_and_where_to_end_if_anywhere(end: str | None) -> None:
    work = animating(KLING, 1_400_000, end=end, **ASKED)  # type: ignore[arg-type]

    assert (work.endpoint, work.price_micro_usd) == (KLING, 1_400_000)
    assert work.payload == {
        "prompt": "Slowly",
        "negative_prompt": NEGATIVE,
        "start_image_url": "https://video.example/a",
        "duration": "10",
        "generate_audio": True,
        **({} if end is None else {"end_image_url": end}),
    }
    assert "video.example" not in repr(work)


def test_a_film_is_fetched_where_it_is_said_to_lie() -> None:
    given = {"video": {"url": FILM, "content_type": "video/mp4", "file_size": 3}}
    assert read(given) == Done(url=FILM)


@pytest.mark.parametrize("output", [{}, {"video": None}, {"video": {}}, {"video": {"url": 1}}])
def test_an_answer_without_a_film_was_paid_for(output: dict[str, Any]) -> None:
    failed = read(output)
    assert isinstance(failed, Failed)
    assert (failed.word, failed.is_billed) == ("provider_bad_output", True)


def test_films_may_be_made_at_fal() -> None:
    held = settings.load(Settings, {**RIGHT, **STAND_IN})
    assert (held.engine, held.fal_key) == ("fal", STAND_IN["FAL_KEY"])


def test_what_fal_needs_is_said_at_once() -> None:
    with pytest.raises(Misconfigured) as refused:
        settings.load(Settings, {**RIGHT, "ENGINE": "fal"})

    assert refused.value.args == (
        "FAL_KEY: ENGINE=fal needs it",
        "PUBLIC_URL: ENGINE=fal needs https: fal fetches pictures and tells of them there",
    )


def test_fal_reaches_the_bucket_that_pictures_lie_in() -> None:
    bucket = {
        "BLOBS": "s3",
        "BLOBS_BUCKET": "films",
        "BLOBS_ENDPOINT": "http://127.0.0.1:9",
        "BLOBS_ACCESS_KEY": "key",
        "BLOBS_SECRET_KEY": "secret",
    }
    own = {"ENGINE": "fal", "FAL_KEY": "k", "PUBLIC_URL": "https://video.fjordlys.example"}
    with pytest.raises(Misconfigured, match="BLOBS_ENDPOINT: ENGINE=fal needs https"):
        settings.load(Settings, {**RIGHT, **own, **bucket})
