"""media's models at fal: what they are sent, and what they give."""

from collections.abc import Mapping
from typing import Any

from gateways.provider import Done, Failed, Work

ENHANCE = "fal-ai/nano-banana-pro/edit"
INPAINT = "fal-ai/qwen-image-edit/inpaint"
# the model fills what is marked, and needs to be told with what
EMPTY = (
    "Remove the marked objects. Continue the floor, walls and surfaces behind them, with the same"
    " materials, light and perspective. Add nothing."
)
MAX_RESULT_BYTES = 50 * 1024 * 1024


class FalModels:
    """What the models are asked; pictures are given by their links."""

    def __init__(self, prices: Mapping[str, int]) -> None:
        """`prices`: micro-dollars a picture, by model."""
        self._prices = prices

    def enhancing(self, picture: str, prompt: str) -> Work:
        """Return what to ask for a picture to be made better: of nano-banana-pro."""
        given = {"prompt": prompt, "image_urls": [picture], "num_images": 1}
        return self._work(ENHANCE, given)

    def inpainting(self, picture: str, mask: str, prompt: str | None) -> Work:
        """Return what to ask for what is white in the mask: to be as the prompt says, or gone.

        Of qwen-image-edit.
        """
        given = {"prompt": prompt or EMPTY, "image_url": picture, "mask_url": mask}
        return self._work(INPAINT, given)

    def _work(self, endpoint: str, given: Mapping[str, Any]) -> Work:
        payload = {**given, "output_format": "jpeg"}
        return Work(endpoint=endpoint, price_micro_usd=self._prices[endpoint], payload=payload)


def read(output: Mapping[str, Any]) -> Done | Failed:
    """Read what both models give: `images`, and whether the safety checker has blackened them."""
    unsafe = output.get("has_nsfw_concepts")
    if isinstance(unsafe, list) and any(each is True for each in unsafe):
        return Failed(word="content_refused", type="nsfw", retryable=False, is_billed=True)
    match output.get("images"):
        case [{"url": str(url)}, *_]:
            return Done(url=url)
        case _:
            type = "no_media_generated"
            return Failed(word="provider_bad_output", type=type, retryable=True, is_billed=True)
