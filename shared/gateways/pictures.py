"""What an uploaded file really is: decoded in a process of its own, judged by content."""

import json
import subprocess  # noqa: S404 - a decoder that meets hostile bytes needs a process to die in
import sys
from pathlib import Path

from chassis.domain import value
from chassis.errors import Internal, Invalid, Unavailable

MAX_BYTES = 25 * 1024 * 1024
MAX_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP")

MAX_MEMORY_BYTES = 2 * 1024**3  # a WebP of 50 megapixels needs about half
MAX_CPU_S = 15
MAX_WAIT_S = 60

# The child imports nothing of ours: it runs isolated, without environment or search path.
# A camera's JPEG with a second picture inside is 'MPO' to Pillow; for us it is a JPEG.
DECODE = """
import json, resource, sys
path, max_pixels, memory, cpu = sys.argv[1], *map(int, sys.argv[2:])
resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
from PIL import Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin
Image.MAX_IMAGE_PIXELS = None
TYPES = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}

def judged():
    try:
        picture = Image.open(path, formats=("JPEG", "PNG", "WEBP"))
    except Image.UnidentifiedImageError:
        return {"error": "not_a_picture"}
    width, height = picture.size
    if width * height > max_pixels:
        return {"error": "picture_too_large"}
    picture.load()
    if picture.getexif().get(0x0112, 1) >= 5:
        width, height = height, width
    return {"content_type": TYPES[picture.format], "width": width, "height": height}

try:
    print(json.dumps(judged()))
except Exception:
    print(json.dumps({"error": "picture_damaged"}))
"""

REASONS = {
    "not_a_picture": "only JPEG, PNG and WebP pictures are accepted",
    "picture_too_large": "a picture has at most 25 MB and 50 megapixels",
    "picture_damaged": "the picture is damaged or incomplete",
}


@value
class Picture:
    """What a picture is by its content; width and height in pixels, as displayed."""

    content_type: str
    width: int
    height: int


def inspect(path: Path) -> Picture:
    """Decode the picture at `path` in full and say what it is.

    Raises `Invalid` (media.not_a_picture, media.picture_too_large, media.picture_damaged), and
    `Unavailable` when this machine is too busy to tell.
    """
    if path.stat().st_size > MAX_BYTES:
        raise _refused("picture_too_large")
    child = _decoded_apart(path)
    if child.returncode < 0:  # killed by a limit: no honest picture needs that much
        raise _refused("picture_damaged")
    if child.returncode > 0:
        raise Internal("media.inspection_failed", "the decoder did not start")
    found = json.loads(child.stdout)
    if "error" in found:
        raise _refused(found["error"])
    return Picture(**found)


def _decoded_apart(path: Path) -> subprocess.CompletedProcess[bytes]:
    limits = (str(limit) for limit in (MAX_PIXELS, MAX_MEMORY_BYTES, MAX_CPU_S))
    command = [sys.executable, "-I", "-c", DECODE, str(path), *limits]
    try:
        return subprocess.run(  # noqa: S603 - a list, no shell; the path is an argument only
            command,
            capture_output=True,
            env={},
            timeout=MAX_WAIT_S,
            check=False,
            start_new_session=True,  # the terminal's Ctrl-C is for us: the picture is not damaged
        )
    except subprocess.TimeoutExpired as error:
        raise Unavailable("media.inspection_timeout", "the picture took too long") from error


def _refused(reason: str) -> Invalid:
    return Invalid(f"media.{reason}", REASONS[reason])
