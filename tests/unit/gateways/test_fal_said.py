"""What fal's failures mean: every type, and the status where there is none."""

from typing import Any, cast, get_args

import pytest

from gateways.fal_said import Refused, Word, is_locked, refused, said

OF_THE_MODEL = {  # fal.ai/docs, Model errors
    "content_policy_violation": "content_refused",
    "image_load_error": "invalid_input",
    "image_too_small": "invalid_input",
    "image_too_large": "invalid_input",
    "file_too_large": "invalid_input",
    "file_download_error": "invalid_input",
    "unsupported_image_format": "invalid_input",
    "feature_not_supported": "invalid_input",
    "no_media_generated": "provider_bad_output",
    "generation_timeout": "provider_timeout",
    "internal_server_error": "provider_unavailable",
    "downstream_service_error": "provider_unavailable",
    "downstream_service_unavailable": "provider_unavailable",
}
OF_THE_REQUEST = {  # fal.ai/docs, Request errors
    "request_timeout": "provider_timeout",
    "startup_timeout": "provider_timeout",
    "runner_scheduling_failure": "provider_unavailable",
    "runner_connection_timeout": "provider_unavailable",
    "runner_disconnected": "provider_unavailable",
    "runner_connection_refused": "provider_unavailable",
    "runner_connection_error": "provider_unavailable",
    "runner_incomplete_response": "provider_unavailable",
    "runner_server_error": "provider_unavailable",
    "internal_error": "provider_unavailable",
    "client_disconnected": "provider_unavailable",
    "client_cancelled": "cancelled",
    "bad_request": "invalid_input",
}
FOR_GOOD = {"invalid_input", "content_refused", "cancelled", "quota_exceeded"}


def meaning(word: str, type: str) -> Refused:
    """Return what is expected: whether another try is of use follows from the word."""
    return Refused(word=cast(Word, word), type=type, retryable=word not in FOR_GOOD)


def detail(*types: str) -> dict[str, Any]:
    return {"detail": [{"loc": ["body"], "msg": f"about {each}", "type": each} for each in types]}


@pytest.mark.parametrize("type,word", OF_THE_MODEL.items())
def test_an_error_of_the_model_is_known_by_its_type(type: str, word: str) -> None:
    for status in (422, 500):
        assert refused(status, detail(type), {}) == meaning(word, type)


@pytest.mark.parametrize("type,word", OF_THE_REQUEST.items())
def test_an_error_of_the_request_is_known_by_its_type_or_its_header(type: str, word: str) -> None:
    expected = meaning(word, type)
    assert refused(504, {"detail": "words", "error_type": type}, {}) == expected
    assert refused(504, None, {"X-Fal-Error-Type": type}) == expected


def test_every_word_is_the_meaning_of_something() -> None:
    meant = {*OF_THE_MODEL.values(), *OF_THE_REQUEST.values(), "quota_exceeded"}
    assert meant == set(get_args(Word))


@pytest.mark.parametrize(
    "status,word",
    [
        *((status, "invalid_input") for status in (400, 413, 415, 422)),
        *((status, "provider_unavailable") for status in (401, 403, 404, 408, 409, 425, 429)),
        *((status, "provider_unavailable") for status in (500, 502, 503, 504)),
        (402, "quota_exceeded"),
    ],
)
def test_where_no_type_is_known_the_status_counts(status: int, word: str) -> None:
    untyped: list[Any] = [None, [], "words", {"detail": "words"}, {"detail": [1, {}]}]
    for body in untyped:
        assert refused(status, body, {}) == meaning(word, f"http_{status}")
    for type in ("missing", "value_error.missing", "new_at_fal"):
        assert refused(status, detail(type), {}) == meaning(word, type)


def test_of_several_types_one_that_is_known_counts_and_a_refused_content_before_all() -> None:
    assert refused(422, detail("missing", "image_too_small"), {}).type == "image_too_small"
    types = ("image_too_small", "content_policy_violation")
    assert refused(422, detail(*types), {}).word == "content_refused"


def test_fal_may_say_otherwise_whether_another_try_is_of_use() -> None:
    assert not refused(503, None, {"X-Fal-Retryable": "false"}).retryable
    assert refused(422, detail("image_load_error"), {"X-Fal-Retryable": "true"}).retryable


@pytest.mark.parametrize("reason", ["Exhausted balance. Top up", "TOP_UP.", "Admin lock."])
def test_a_locked_account_is_an_exhausted_quota(reason: str) -> None:
    body = {"detail": f"User is locked. Reason: {reason}"}
    assert refused(403, body, {}).word == "quota_exceeded"
    assert is_locked(403, body)
    assert is_locked(402, None)
    assert not is_locked(403, {"detail": "Cannot access application"})


def test_fals_words_are_for_the_log_and_short_and_nothing_that_was_asked_is_in_them() -> None:
    fault = {"msg": "flagged", "type": "content_policy_violation", "input": "a secret prompt"}
    assert said({"detail": [fault, fault]}) == "flagged; flagged"
    assert said({"error": "broken"}) == "broken"
    assert len(said({"detail": "x" * 5_000})) == 300
    assert said(None) == ""
