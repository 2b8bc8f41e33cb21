"""What fal is asked to do, and how it ends."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from PIL import Image

NEEDED: Mapping[str, Mapping[str, type]] = {  # of a model's input
    "fal-ai/nano-banana-pro/edit": {"prompt": str, "image_urls": list},
    "fal-ai/qwen-image-edit/inpaint": {"prompt": str, "image_url": str, "mask_url": str},
    "fal-ai/kling-video/v2.6/pro/image-to-video": {"prompt": str, "start_image_url": str},
}
CANCELLED = 499


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How a job ends: what its model answers; `inside`: told as an error in COMPLETED, too."""

    status: int = 200
    body: Mapping[str, Any] | None = None  # None: a picture
    error_type: str | None = None
    inside: bool = False


@dataclass(kw_only=True)
class Job:
    """A call that was taken. Whoever reads or changes one holds the state's lock."""

    request_id: str
    endpoint: str
    input: Mapping[str, Any]
    webhook: str | None
    headers: Mapping[str, str]
    sent_at: datetime
    looks: int  # so many looks at its status find it unfinished
    held: bool  # until it is let go
    ending: Ending
    ended_at: datetime | None = None
    output: Mapping[str, Any] | None = None
    file: str = "picture"  # what lies at its result's address
    gone: bool = False  # from the queue
    forgotten: bool = False  # from the list of requests, with its files
    told: list[int] = field(default_factory=list)  # what its webhooks answered; 0: nothing

    @property
    def app(self) -> str:
        """The model without its path, as addresses have it."""
        return "/".join(self.endpoint.split("/")[:2])

    @property
    def suffix(self) -> str:
        """Of the file that its model makes."""
        return "mp4" if "video" in self.endpoint else "jpg"

    @property
    def good(self) -> bool:
        return self.ending.status < 300

    @property
    def billable(self) -> bool:
        """Whether it is paid for: it is done or being done. What broke at fal costs nothing."""
        return self.good


def invalid(endpoint: str, given: Mapping[str, Any]) -> Ending | None:
    """Return how a call ends whose model finds its input wrong."""
    wrong = [
        {"loc": ["body", name], "msg": "field required", "type": "missing"}
        for name, kind in NEEDED.get(endpoint, {}).items()
        if not isinstance(given.get(name), kind) or not given[name]
    ]
    return Ending(status=422, body={"detail": wrong}) if wrong else None


def typed(type: str, status: int, *, inside: bool) -> Ending:
    """Return an end with one of fal's types, of the model or of the request."""
    words = f"fal's own words about {type}"
    if inside:
        return Ending(status=status, error_type=type, inside=True, body={"detail": words})
    fault = {"loc": ["body", "prompt"], "msg": words, "type": type, "input": "what was asked"}
    return Ending(status=status, body={"detail": [fault]})


def picture() -> bytes:
    """Return a small JPEG."""
    content = io.BytesIO()
    Image.new("RGB", (64, 48), "#c8b496").save(content, "JPEG")
    return content.getvalue()
