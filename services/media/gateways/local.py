"""The local engine: photographs of interiors enhanced with OpenCV, nothing invented."""

import io
from collections.abc import Callable
from pathlib import Path

import cv2
from PIL import Image

from chassis.errors import Rejected
from media.gateways.develop import develop
from media.gateways.engine import Enhanced, Report
from media.gateways.geometry import Pixels, upright
from media.gateways.grade import GRADES
from media.gateways.inpainting import removed
from media.gateways.twilight import TWILIGHT, twilight

MODEL = "local-4"  # to be raised when the same photograph would come out differently
DUSK = "dusk-1"  # likewise, where a sky was replaced
REMOVER = "patchmatch-1"  # likewise, where something was taken away
QUALITY = 90


class LocalEngine:
    """An engine that corrects light, colour and straightness on this machine."""

    name = "local"

    def __init__(self, decode: Callable[[bytes], Pixels], work: Path) -> None:
        """`decode` returns a picture's pixels, as displayed, in sRGB; raises `Invalid`.

        `work`: the folder below which it has programs at work.
        """
        self.decode, self.work = decode, work

    def enhance(self, image: bytes, prompt: str, template: str, report: Report) -> Enhanced:
        """Return `image` corrected and graded in the style `template`; same input, same bytes.

        At dusk the sky is another one: `material`. `prompt` is for engines that follow words; this
        one follows a table. Raises `Rejected` (media.unknown_template, media.too_dark,
        media.no_sky) and what `decode` raises.
        """
        if template not in (*GRADES, TWILIGHT):
            raise Rejected("media.unknown_template", f"no template is called {template!r}")
        cv2.setNumThreads(1)  # a worker runs as many jobs at once as it has cores
        report(50, "processing")
        pixels = self.decode(image)
        report(55, "processing")
        pixels = upright(pixels)
        report(60, "processing")
        at_dusk = template == TWILIGHT
        pixels = twilight(pixels) if at_dusk else develop(pixels, GRADES[template])
        report(75, "processing")
        content = _encoded(pixels)
        report(80, "processing")
        if at_dusk:
            return Enhanced(content=content, model=DUSK, alteration="material")
        return Enhanced(content=content, model=MODEL, alteration="technical")

    def inpaint(
        self, image: bytes, mask: bytes, mode: str, prompt: str, report: Report
    ) -> Enhanced:
        """Return `image` without what the mask marks; see `inpainting.removed`, and the port.

        `prompt` is for engines that follow words.
        """
        pixels = removed(self.decode, image, mask, mode, self.work, report)
        return Enhanced(content=_encoded(pixels), model=REMOVER, alteration="material")


def _encoded(pixels: Pixels) -> bytes:
    """Return a JPEG without metadata: what is stored of it is given that."""
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "JPEG", quality=QUALITY, subsampling="4:4:4")
    return content.getvalue()
