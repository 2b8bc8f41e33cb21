"""Why paid work failed, in the one word that its service is told."""

from typing import get_args

import pytest

from asking.words import WORDS, is_of_no_use, word_of
from chassis.errors import DeadlineExceeded, Internal, Invalid, Rejected, ServiceError, Unavailable
from chassis.jobs.jobs import OUT_OF_MEMORY
from gateways.provider import Word


@pytest.mark.parametrize("word", get_args(Word))
def test_a_providers_word_is_told_as_it_is_whoever_was_asked(word: str) -> None:
    assert {word_of(Rejected(f"{each}.{word}")) for each in ("media", "video")} == {word}


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (Rejected("video.bad_output"), "provider_bad_output"),
        (Unavailable("media.bad_output"), "provider_bad_output"),
        (Unavailable("video.storage_error"), "storage_error"),
        (Unavailable("chassis.blobs_unavailable"), "storage_error"),
        (Internal(OUT_OF_MEMORY), "provider_unavailable"),
        (Unavailable("video.out_of_memory"), "provider_unavailable"),
        (DeadlineExceeded("chassis.job_timeout"), "provider_timeout"),
        (Invalid("video.picture_damaged"), "invalid_input"),
        (Internal("chassis.job_failed"), "provider_bad_output"),
    ],
)
def test_any_other_error_means_one_of_these_words(error: ServiceError, meaning: str) -> None:
    assert word_of(error) == meaning
    assert meaning in WORDS


def test_what_is_of_no_use_is_not_fetched_again() -> None:
    assert is_of_no_use(Rejected("video.bad_output"))
    assert not is_of_no_use(Unavailable("chassis.fetch_unavailable"))
