"""The one way in which a picture becomes pixels, at the door and for every engine.

It imports neither a service nor the frame: `decoder`, the program that it works in, has little to
start.
"""

import io
import re

import pillow_heif
from PIL import Image, ImageChops, ImageCms, UnidentifiedImageError

from gateways.colour_spaces import described

MAX_PIXELS = 50_000_000
MAX_SCANS = 100  # of a JPEG: empty ones cost time and no bytes
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
# A camera's JPEG with a second picture inside is 'MPO' to Pillow; for us it is a JPEG.
TYPES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "HEIF": "image/heic",
}
SIGNATURE = re.compile(
    rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|RIFF....WEBP|....ftyp(?:hei[cxms]|hev[cxms]|mif1|msf1)", re.S
)
# Of a JPEG, with a length behind it or the end; its decoder passes over what lies between.
MARKER = re.compile(rb"\xff[^\xff\x00\x01\xd0-\xd8]")
START_OF_SCAN, END_OF_IMAGE = 0xDA, 0xD9
END = bytes((0xFF, END_OF_IMAGE))
NOISE = b"\xa5\x3c\xc3\x5a" * 64  # to a JPEG's decoder some more picture, where it lacks some
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SPACES = {"RGB": "RGB", "L": "GRAY", "CMYK": "CMYK"}  # a profile's, by the mode it is meant for
INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC

pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)


class Undecodable(Exception):
    """No picture that we take; `word` says why."""

    def __init__(self, word: str) -> None:
        """`word`: not_a_picture, picture_too_large, picture_damaged or picture_moves."""
        super().__init__(word)
        self.word = word


def decoded(content: bytes) -> tuple[str, Image.Image]:
    """Return the media type, and the picture as displayed: upright, 8-bit sRGB, opaque.

    Raises `Undecodable`.
    """
    try:
        return _decoded(content)
    except Undecodable:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Undecodable("picture_too_large") from None
    except Exception as error:  # there is no list of what hostile bytes may do to a decoder
        known = SIGNATURE.match(content) or not isinstance(error, UnidentifiedImageError)
        raise Undecodable("picture_damaged" if known else "not_a_picture") from error


def _decoded(content: bytes) -> tuple[str, Image.Image]:
    with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
        content_type = TYPES[str(picture.format)]
        if picture.width * picture.height > MAX_PIXELS:
            raise Undecodable("picture_too_large")
        if content_type == "image/jpeg":
            scans, ended = _marks(content)
            if scans > MAX_SCANS:
                raise Undecodable("picture_damaged")
            if not ended:
                return _without_end(content)
        _refuse_what_moves(picture)
        picture.load()
        return content_type, _turned(_in_srgb(picture), _orientation(picture))


def _without_end(content: bytes) -> tuple[str, Image.Image]:
    """Decode a JPEG that lacks its end mark, and perhaps more.

    Where every pixel is there, none of them depends on what stands behind.
    """
    begun = content.rstrip(b"\xff")
    (content_type, picture), (_, other) = (_decoded(begun + END), _decoded(begun + NOISE + END))
    if ImageChops.difference(picture, other).getbbox() is not None:
        raise Undecodable("picture_damaged")
    return content_type, picture


def _refuse_what_moves(picture: Image.Image) -> None:
    if picture.format in ("JPEG", "MPO"):
        return  # a second picture inside is another view
    if picture.format == "HEIF":  # several pictures in one file are a burst: the first is shown
        if str(picture.custom_mimetype).endswith("-sequence"):  # type: ignore[attr-defined]
            raise Undecodable("picture_moves")
    elif getattr(picture, "is_animated", False):
        raise Undecodable("picture_moves")


def _marks(content: bytes) -> tuple[int, bool]:
    """Return how many scans a JPEG's decoder meets in its first picture, and whether its end."""
    scans, at = 0, 2
    while found := MARKER.search(content, at):
        kind, at = content[found.end() - 1], found.end()
        if kind == END_OF_IMAGE:
            return scans, True
        at += int.from_bytes(content[at : at + 2])
        if at > len(content):
            raise Undecodable("picture_damaged")
        scans += kind == START_OF_SCAN
    return scans, False


def _orientation(picture: Image.Image) -> int:
    """Return how the picture is to be turned, 1 to 8; 1 where it says anything else."""
    try:
        told = picture.getexif().get(ORIENTATION)
    except Exception:  # what cannot be read says nothing
        return 1
    return next((number for number in TURNS if number == told), 1)


def _turned(picture: Image.Image, orientation: int) -> Image.Image:
    return picture.transpose(TURNS[orientation]) if orientation in TURNS else picture


def _in_srgb(picture: Image.Image) -> Image.Image:
    """Return the colours as they are meant, on white where they are transparent."""
    profile = picture.info.get("icc_profile") or described(picture.info)
    if picture.mode.startswith("I"):
        picture = picture.point(lambda value: value * (1 / 256)).convert("L")
        picture.info.pop("transparency", None)  # one of the 65,536 greys
    grey = picture.mode in ("1", "L", "LA")
    if not picture.has_transparency_data:
        kept = "CMYK" if picture.mode == "CMYK" else "L" if grey else "RGB"
        return _profiled(_as(kept, picture), profile)
    layered = picture.convert("LA" if grey else "RGBA")
    colours = _profiled(layered.convert("L" if grey else "RGB"), profile)
    white = Image.new("RGB", picture.size, "white")
    white.paste(colours, mask=layered.getchannel("A"))
    return white


def _profiled(colours: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the colours in sRGB; a profile that is damaged or of other colours says nothing."""
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile or b""))
        fits = given.profile.xcolor_space.strip() == SPACES[colours.mode]
        if fits and "sRGB" not in (given.profile.profile_description or ""):
            meant = ImageCms.buildTransform(
                given, ImageCms.createProfile("sRGB"), colours.mode, "RGB", INTENT
            )
            if colours.mode != "RGB":
                return meant.apply(colours)
            meant.apply_in_place(colours)
    except (OSError, ImageCms.PyCMSError):
        """It says nothing."""
    return _as("RGB", colours)


def _as(mode: str, picture: Image.Image) -> Image.Image:
    """Return the picture in that mode; not a copy, which would cost time and memory."""
    return picture if picture.mode == mode else picture.convert(mode)
