"""What fal says to a call, and what its words for a failure mean to us.

fal has an error of the model, `{"detail": [{"type", "msg", …}]}`, and one of the request,
`{"detail", "error_type"}`, which stands in the header `X-Fal-Error-Type` too; not all of its
endpoints follow that yet (fal.ai/docs, Model errors and Request errors), so the status counts where
no type is known.
"""

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any, Literal

from chassis.domain import value

Word = Literal[
    "invalid_input",
    "content_refused",
    "provider_unavailable",
    "provider_timeout",
    "provider_bad_output",
    "cancelled",
    "quota_exceeded",
]

WORDS: Mapping[str, Word] = {
    "content_policy_violation": "content_refused",
    "image_load_error": "invalid_input",
    "image_too_small": "invalid_input",
    "image_too_large": "invalid_input",
    "file_too_large": "invalid_input",
    "file_download_error": "invalid_input",
    "unsupported_image_format": "invalid_input",
    "feature_not_supported": "invalid_input",
    "bad_request": "invalid_input",
    "generation_timeout": "provider_timeout",
    "request_timeout": "provider_timeout",
    "startup_timeout": "provider_timeout",
    "no_media_generated": "provider_bad_output",
    "client_cancelled": "cancelled",
    "client_disconnected": "provider_unavailable",  # the client of a runner is fal's own queue
}
FAMILIES = ("runner_", "downstream_", "internal_")  # of types: something broke at fal
BY_STATUS: Mapping[int, Word] = {
    402: "quota_exceeded",
    **dict.fromkeys((401, 403, 404, 408, 409, 425, 429), "provider_unavailable"),
}
LOCKED = "user is locked"  # 403, the account: its balance is exhausted, as a rule
AGAIN = ("provider_unavailable", "provider_timeout", "provider_bad_output")
LONGEST_WORDS = 300  # characters of what fal says, in the log


@value
class Accepted:
    """A call that fal has taken.

    Its addresses are those of fal's answer; None for a call that was found in the list of requests
    or by a webhook, which name none, and none are built.
    """

    endpoint: str  # the model's id: 'fal-ai/nano-banana-pro/edit'
    request_id: str
    status_url: str | None = None
    response_url: str | None = None
    cancel_url: str | None = None


@value
class Refused:
    """fal has not done it, and asks no money for it."""

    word: Word
    type: str  # fal's own, or the status of HTTP
    retryable: bool  # whether another call may well succeed soon


@value
class Unknown:
    """The call was sent, and nobody knows what became of it: it is looked for, not made again."""


@value
class Pending:
    """It waits for a runner or is being done."""

    position: int | None  # how many are before it


@value
class Ended:
    """What the model gave."""

    output: Mapping[str, Any] = field(repr=False)


@value
class Gone:
    """It has ended, and what the model gave is kept no more."""


def refused(status: int, body: Any, headers: Mapping[str, str]) -> Refused:
    """Return what an answer that is none means; `status` is of HTTP, `body` its JSON."""
    types = [*_types(body), *filter(None, [headers.get("X-Fal-Error-Type")])]
    meant = {type: word for type in types if (word := meaning(type))}
    types = sorted(meant, key=lambda type: meant[type] != "content_refused") or types
    word = meant.get(types[0]) if types else None
    word = word or _of_status(status, body)
    again = headers.get("X-Fal-Retryable", str(word in AGAIN)).lower() == "true"
    return Refused(word=word, type=types[0] if types else f"http_{status}", retryable=again)


def meaning(type: str) -> Word | None:
    """Return what one of fal's types means; None for one that is not known."""
    known = WORDS.get(type)
    return known or ("provider_unavailable" if type.startswith(FAMILIES) else None)


def said(body: Any) -> str:
    """Return fal's own words, for the log alone; what was asked is not quoted with them."""
    detail = body.get("detail", body.get("error")) if isinstance(body, Mapping) else None
    if isinstance(detail, list):
        detail = "; ".join(str(each.get("msg")) for each in detail if isinstance(each, Mapping))
    return str(detail or "")[:LONGEST_WORDS]


def is_locked(status: int, body: Any) -> bool:
    """Return whether fal does nothing for our account: it has to be paid, or somebody asked."""
    return status == 402 or (status == 403 and LOCKED in said(body).lower())


def _types(body: Any) -> Iterator[str]:
    """Yield the types that an answer names, of the model's errors and of the request's."""
    if not isinstance(body, Mapping):
        return
    detail = body.get("detail")
    for each in (*(detail if isinstance(detail, list) else ()), {"type": body.get("error_type")}):
        if isinstance(each, Mapping) and isinstance(each.get("type"), str):
            yield each["type"]


def _of_status(status: int, body: Any) -> Word:
    if is_locked(status, body):
        return "quota_exceeded"
    if status in BY_STATUS:
        return BY_STATUS[status]
    return "invalid_input" if 400 <= status < 500 else "provider_unavailable"
