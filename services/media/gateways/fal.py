"""media's models at fal: what they are sent, and what they give."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from chassis.errors import Rejected
from gateways.addresses import Prefix, parsed
from gateways.addresses import Refused as NotFetched
from gateways.fal import Fal
from gateways.fal_said import Ended
from gateways.fetch import fetch
from media.gateways.provider import Accepted, Done, Failed, Gone, Pending, Refused, Unknown, Work

ENHANCE = "fal-ai/nano-banana-pro/edit"
INPAINT = "fal-ai/qwen-image-edit/inpaint"
# the model fills what is marked, and needs to be told with what
EMPTY = (
    "Remove the marked objects. Continue the floor, walls and surfaces behind them, with the same"
    " materials, light and perspective. Add nothing."
)
MAX_RESULT_BYTES = 50 * 1024 * 1024
FETCH_S = 60.0
FILES = "fal.media"  # fal's files lie at hosts of this domain


class FalProvider:
    """fal as media's provider (`provider.Provider`)."""

    name = "fal"

    def __init__(self, fal: Fal, prices: Mapping[str, int], files: tuple[Prefix, ...] = ()) -> None:
        """`prices`: micro-dollars a picture, by model; `files`: where else results may lie."""
        self._fal, self._prices, self._files = fal, prices, files

    def enhancing(self, picture: str, prompt: str) -> Work:
        """Return what nano-banana-pro is sent."""
        given = {"prompt": prompt, "image_urls": [picture], "num_images": 1}
        return Work(endpoint=ENHANCE, payload={**given, "output_format": "jpeg"})

    def inpainting(self, picture: str, mask: str, prompt: str | None) -> Work:
        """Return what qwen-image-edit is sent; without a prompt, what removes."""
        given = {"prompt": prompt or EMPTY, "image_url": picture, "mask_url": mask}
        return Work(endpoint=INPAINT, payload={**given, "output_format": "jpeg"})

    def ask(self, work: Work, webhook: str) -> Accepted | Refused | Unknown:
        """Post it to fal's queue, once."""
        return self._fal.submit(work.endpoint, work.payload, webhook)

    def answer(self, call: Accepted) -> Pending | Done | Failed | Gone:
        """Ask fal's queue, and its list of requests for what the queue has forgotten."""
        match self._fal.answer(call):
            case Ended(output=output):
                return _of_output(output, self._prices[call.endpoint])
            case Refused(word=word, type=type, retryable=retryable):
                return Failed(word=word, type=type, retryable=retryable, cost_micro_usd=0)
            case (Pending() | Gone()) as answer:
                return answer

    def fetch(self, done: Done, to: Path, check: Callable[[], None]) -> None:
        """Fetch a file of fal's."""
        try:
            at = parsed(done.url)
            ours = tuple(each for each in self._files if each.covers(at))
            if not ours and at.host != FILES and not at.host.endswith(f".{FILES}"):
                raise NotFetched("not_ours")
            fetch(
                done.url,
                to,
                ours=ours,
                max_bytes=MAX_RESULT_BYTES,
                timeout_s=FETCH_S,
                check=check,
            )
        except NotFetched as refusal:
            said = f"what was made is not fetched: {refusal}"
            raise Rejected("media.bad_output", said, details={"reason": refusal.word}) from None

    def cancel(self, call: Accepted) -> None:
        """Ask fal's queue."""
        self._fal.cancel(call)

    def lookup(self, endpoint: str, picture: str, since: datetime) -> Accepted | None:
        """Look for it in fal's list of requests."""
        return self._fal.lookup(endpoint, picture, since)

    def forget(self, request_id: str) -> None:
        """Delete it in fal's list of requests, files too."""
        self._fal.forget(request_id)


def _of_output(output: Mapping[str, Any], price: int) -> Done | Failed:
    """Read what both models give: `images`, and whether the safety checker has blackened them."""
    unsafe = output.get("has_nsfw_concepts")
    if isinstance(unsafe, list) and any(each is True for each in unsafe):
        return Failed(word="content_refused", type="nsfw", retryable=False, cost_micro_usd=price)
    match output.get("images"):
        case [{"url": str(url)}, *_]:
            return Done(url=url, cost_micro_usd=price)
        case _:
            return Failed(
                word="provider_bad_output",
                type="no_media_generated",
                retryable=True,
                cost_micro_usd=price,
            )
