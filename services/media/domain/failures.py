"""Why an image may fail for good: a closed list, each with a text that customers may read."""

from chassis.domain import value


@value
class Failure:
    """`retryable`: whether the same image may well succeed when it is tried again later."""

    text: str
    retryable: bool


FAILURES = {
    "invalid_input": Failure(text="This picture cannot be processed.", retryable=False),
    "content_refused": Failure(
        text="The picture's content was not accepted for processing.", retryable=False
    ),
    "provider_unavailable": Failure(
        text="Processing was not available. Please try again later.", retryable=True
    ),
    "provider_timeout": Failure(
        text="Processing took too long. Please try again later.", retryable=True
    ),
    "provider_bad_output": Failure(
        text="Processing did not give a usable picture. Please try again.", retryable=True
    ),
    "storage_error": Failure(
        text="The picture could not be read or stored. Please try again.", retryable=True
    ),
    "cancelled": Failure(text="Processing was cancelled.", retryable=True),
    "quota_exceeded": Failure(text="The workspace's quota is used up.", retryable=True),
}
