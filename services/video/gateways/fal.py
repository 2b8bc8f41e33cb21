"""kling at fal: what it is sent for a clip or a passage between two rooms, and what it gives."""

from collections.abc import Mapping
from typing import Any

from gateways.provider import Done, Failed, Work

MAX_RESULT_BYTES = 300 * 1024 * 1024
PASSAGE = (  # what is told where nobody has said how one room leads to the next
    "The camera glides forward in one smooth, unbroken move, out of this room and into the next,"
    " and comes to rest there. Steady, eye-level; light and materials stay as they are."
)
NEGATIVE = (
    "blur, low resolution, distortion, shake, flicker, morphing, warped geometry, warped textures,"
    " bad exposure, watermark, text, extra limbs, floating objects"
)


def animating(
    endpoint: str,
    price_micro_usd: int,
    *,
    picture: str,
    end: str | None,
    prompt: str,
    seconds: int,
    sound: bool,
) -> Work:
    """Return what to ask for a film that begins in a picture and, with `end`, ends in another.

    Pictures are given by their links, in the film's ratio: it follows theirs. `seconds`: 5 or 10.
    """
    payload: dict[str, Any] = {
        "prompt": prompt,
        "negative_prompt": NEGATIVE,
        "start_image_url": picture,
        "duration": str(seconds),
        "generate_audio": sound,
    }
    if end is not None:
        payload["end_image_url"] = end
    return Work(endpoint=endpoint, price_micro_usd=price_micro_usd, payload=payload)


def read(output: Mapping[str, Any]) -> Done | Failed:
    """Read what kling gives: `video`, a file."""
    match output.get("video"):
        case {"url": str(url)}:
            return Done(url=url)
        case _:
            type = "no_media_generated"
            return Failed(word="provider_bad_output", type=type, retryable=True, is_billed=True)
