"""The job that enhances an image: what its parameters hash to, and what it says when it fails."""

from typing import Any

import pytest

from asking.words import word_of
from chassis.errors import DeadlineExceeded, Internal, Invalid, Rejected, ServiceError, Unavailable
from media.domain.failures import FAILURES
from media.jobs.making import params_hash

ARGS = {
    "kind": None,
    "source_sha256": "a" * 64,
    "prompt": "a bright room",
    "template": "modern",
}


@pytest.mark.parametrize("name", ["source_sha256", "prompt", "template"])
def test_the_parameters_hash_changes_with_what_the_picture_depends_on(name: str) -> None:
    same: dict[str, Any] = {**ARGS, "original_key": "elsewhere.jpg"}

    assert params_hash("local", "local-1", same) == params_hash("local", "local-1", ARGS)
    assert params_hash("local", "local-1", ARGS | {name: "x"}) != params_hash(
        "local", "local-1", ARGS
    )
    assert params_hash("local", "local-2", ARGS) != params_hash("local", "local-1", ARGS)


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (Invalid("media.invalid_input"), "invalid_input"),
        (Rejected("media.unknown_template"), "invalid_input"),
        (DeadlineExceeded("media.job_timeout"), "provider_timeout"),
        (Unavailable("media.engine_away"), "provider_unavailable"),
        (Unavailable("media.storage_error"), "storage_error"),
        (Unavailable("media.bad_output"), "provider_bad_output"),
        (Unavailable("chassis.blobs_unavailable"), "storage_error"),
        (Internal("chassis.job_failed"), "provider_bad_output"),
    ],
)
def test_a_failure_has_a_reason_and_a_text_for_customers(error: ServiceError, meaning: str) -> None:
    assert word_of(error) == meaning
    assert FAILURES[meaning].text.endswith(".")
