"""The local engine: photographs of interiors enhanced with OpenCV, nothing invented."""

import io
from collections.abc import Callable

import cv2
from PIL import Image

from chassis.errors import Rejected
from media.gateways.engine import Enhanced, Report
from media.gateways.geometry import Pixels, upright
from media.gateways.grade import GRADES, develop

MODEL = "local-2"  # to be raised when the same photograph would come out differently
QUALITY = 90
SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicallyEnhanced"
XMP = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">
   <Iptc4xmpExt:DigitalSourceType>{SOURCE_TYPE}</Iptc4xmpExt:DigitalSourceType>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>""".encode()


class LocalEngine:
    """An engine that corrects light, colour and straightness on this machine."""

    name = "local"

    def __init__(self, decode: Callable[[bytes], Pixels]) -> None:
        """`decode` returns a picture's pixels, as displayed, in sRGB; raises `Invalid`."""
        self.decode = decode

    def enhance(self, image: bytes, prompt: str, template: str, report: Report) -> Enhanced:
        """Return `image` corrected and graded in the style `template`; same input, same bytes.

        `prompt` is for engines that follow words; this one follows a table. Raises `Rejected`
        (media.unknown_template) and what `decode` raises.
        """
        if template not in GRADES:
            raise Rejected("media.unknown_template", f"no template is called {template!r}")
        cv2.setNumThreads(1)  # a worker runs as many jobs at once as it has cores
        report(50, "processing")
        pixels = self.decode(image)
        report(55, "processing")
        pixels = upright(pixels)
        report(60, "processing")
        pixels = develop(pixels, GRADES[template])
        report(75, "processing")
        content = _encoded(pixels)
        report(80, "processing")
        height, width = pixels.shape[:2]
        return Enhanced(
            content=content, width=width, height=height, model=MODEL, alteration="technical"
        )


def _encoded(pixels: Pixels) -> bytes:
    """Return a JPEG that carries the source type and none of the original's metadata."""
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "JPEG", quality=QUALITY, subsampling="4:4:4", xmp=XMP)
    return content.getvalue()
