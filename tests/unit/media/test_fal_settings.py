"""What `ENGINE=fal` needs: a key, an address that fal reaches, prices."""

from typing import get_args

import pytest

from chassis import settings
from chassis.settings import Misconfigured
from gateways.fal_said import Word
from media.domain.failures import FAILURES
from media.fal_settings import MediaFalSettings
from media.gateways.fal import ENHANCE, INPAINT

LOCAL = {"ENV": "embedded", "PUBLIC_URL": "http://127.0.0.1:8001", "ENGINE": "local"}
FAL = {
    "ENV": "production",
    "PUBLIC_URL": "https://media.fjordlys.example",
    "ENGINE": "fal",
    "FAL_KEY": "7f3a:0123456789abcdef",
    "FAL_PRICE_NANO_BANANA_PRO_EDIT": "39000",
    "FAL_PRICE_QWEN_IMAGE_EDIT_INPAINT": "30000",
}
STAND_IN = {
    **FAL,
    "ENV": "embedded",
    "PUBLIC_URL": "http://127.0.0.1:8001",
    "FAL_QUEUE_URL": "http://127.0.0.1:9000",
    "FAL_REST_URL": "http://127.0.0.1:9000/v1",
    "FAL_JWKS_URL": "http://127.0.0.1:9000/.well-known/jwks.json",
}
NEEDED = "ENGINE=fal needs it"


@pytest.mark.parametrize("given", [LOCAL, FAL, STAND_IN])
def test_the_engine_may_be_fal_or_not_and_fals_own_addresses_are_the_default(
    given: dict[str, str],
) -> None:
    held = settings.load(MediaFalSettings, given)

    assert held.fal_key == given.get("FAL_KEY")
    own = ("https://queue.fal.run", "https://api.fal.ai/v1")
    assert (held.fal_queue_url, held.fal_rest_url) == own or given is STAND_IN


def test_prices_are_by_model() -> None:
    prices = settings.load(MediaFalSettings, FAL).fal_prices()
    assert prices == {ENHANCE: 39_000, INPAINT: 30_000}


def test_all_that_is_missing_is_said_at_once() -> None:
    with pytest.raises(Misconfigured) as refused:
        settings.load(MediaFalSettings, {**LOCAL, "ENGINE": "fal"})

    assert refused.value.args == (
        f"FAL_KEY: {NEEDED}",
        f"FAL_PRICE_NANO_BANANA_PRO_EDIT: {NEEDED}",
        f"FAL_PRICE_QWEN_IMAGE_EDIT_INPAINT: {NEEDED}",
        "PUBLIC_URL: ENGINE=fal needs https: fal fetches pictures and tells of them there",
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"ENGINE": "dall-e"}, "ENGINE: Must be one of: local, fal."),
        ({"FAL_KEY": "two words"}, "FAL_KEY: is no key of fal's: one word"),
        ({"FAL_KEY": ""}, "FAL_KEY: is no key of fal's: one word"),
        (
            {"FAL_PRICE_NANO_BANANA_PRO_EDIT": "-1"},
            "FAL_PRICE_NANO_BANANA_PRO_EDIT: -1 is less than 0",
        ),
        ({"FAL_PRICE_NANO_BANANA_PRO_EDIT": "0"}, f"FAL_PRICE_NANO_BANANA_PRO_EDIT: {NEEDED}"),
        *(
            (
                {"PUBLIC_URL": f"https://{host}"},
                f"PUBLIC_URL: fal does not reach {shown}: ENGINE=fal needs a host of the internet",
            )
            for host, shown in (
                *((each, each) for each in ("localhost", "media", "127.0.0.1", "10.0.0.8")),
                *((each, each) for each in ("media.local", "169.254.169.254", "100.64.0.1")),
                ("[::1]", "::1"),
                ("[::ffff:127.0.0.1]", "::ffff:127.0.0.1"),
            )
        ),
        (
            {"BLOBS_ENDPOINT": "http://minio:9000"},
            "BLOBS_ENDPOINT: ENGINE=fal needs https: fal fetches pictures and tells of them there",
        ),
        (
            {"FAL_QUEUE_URL": "https://queue.fal.run.example"},
            "FAL_QUEUE_URL: production asks https://queue.fal.run alone",
        ),
        (
            {"FAL_REST_URL": "http://api.fal.ai/v1"},
            "FAL_REST_URL: production asks https://api.fal.ai/v1 alone",
        ),
        (
            {"FAL_JWKS_URL": "https://elsewhere.example/jwks.json"},
            "FAL_JWKS_URL: production asks https://rest.fal.ai/.well-known/jwks.json alone",
        ),
    ],
)
def test_what_cannot_be_is_said_and_no_secret_with_it(given: dict[str, str], said: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        settings.load(MediaFalSettings, {**FAL, **given})

    assert refused.value.args == (said,)


def test_the_key_is_shown_neither_by_check_nor_by_a_traceback() -> None:
    held = settings.load(MediaFalSettings, FAL)
    shown = {each.variable: each.shown for each in settings.listed(MediaFalSettings, FAL)}

    assert shown["FAL_KEY"] == "(set)"
    assert "0123456789abcdef" not in repr(held)


def test_what_fal_says_comes_to_words_that_media_has_texts_for() -> None:
    assert set(get_args(Word)) == FAILURES.keys() - {"storage_error"}
