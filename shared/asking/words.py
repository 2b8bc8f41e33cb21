"""Why paid work failed, in a word: those of a provider, and `storage_error`."""

from typing import get_args

from chassis.errors import (
    DeadlineExceeded,
    Invalid,
    Rejected,
    ServiceError,
    Unavailable,
)
from chassis.jobs.jobs import OUT_OF_MEMORY
from gateways.provider import Word

BAD_OUTPUT = "bad_output"
WORDS = (*get_args(Word), "storage_error")
BY_CODE = {
    "chassis.blobs_unavailable": "storage_error",
    OUT_OF_MEMORY: "provider_unavailable",
}
BY_KIND = (
    (Invalid, "invalid_input"),
    (Rejected, "invalid_input"),
    (DeadlineExceeded, "provider_timeout"),
    (Unavailable, "provider_unavailable"),
)


def word_of(error: ServiceError) -> str:
    """Return what the error of the last attempt means: one of `WORDS`."""
    said = error.code.rpartition(".")[2]
    if said in WORDS:
        return said
    if error.code in BY_CODE:
        return BY_CODE[error.code]
    if is_of_no_use(error):
        return "provider_bad_output"
    meanings = (word for kind, word in BY_KIND if isinstance(error, kind))
    return next(meanings, "provider_bad_output")


def is_of_no_use(error: ServiceError) -> bool:
    """Return whether it says that what was made is not what was asked for."""
    return error.code.rpartition(".")[2] == BAD_OUTPUT
