"""Who made a picture, whose it is and when it was taken: read of what it says, and written anew.

Nothing else of a picture's metadata is kept: no place, no serial number, no maker's note, no
thumbnail. It imports no frame, as it is at work where hostile bytes are decoded.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape  # xml's own brings a web client, and this starts for each picture
from xml.etree import ElementTree

from PIL import ExifTags, Image, IptcImagePlugin
from PIL.ImageFile import ImageFile

MAX_LETTERS = 500
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]+")
MOMENT = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d))?)?")
DC, RDF = "http://purl.org/dc/elements/1.1/", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
PHOTOSHOP, EXIF = "http://ns.adobe.com/photoshop/1.0/", "http://ns.adobe.com/exif/1.0/"
EXTENSION = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
BY_LINE, COPYRIGHT_NOTICE, DATE_CREATED = (2, 80), (2, 116), (2, 55)  # IPTC IIM 4.2, record 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Credits:
    """What is kept of a picture's metadata; `taken` is 'YYYY-MM-DDThh:mm:ss', the camera's time."""

    creator: str | None = None
    copyright: str | None = None
    taken: str | None = None


def credits_of(content: bytes) -> Credits:
    """Return what a picture says of itself in EXIF, XMP or IPTC IIM, the first that says it."""
    said = [Credits(), *_said(content)]
    return Credits(
        creator=next((each.creator for each in said if each.creator), None),
        copyright=next((each.copyright for each in said if each.copyright), None),
        taken=next((each.taken for each in said if each.taken), None),
    )


def _said(content: bytes) -> Iterator[Credits]:
    for read in (_of_exif, _of_xmp, _of_iim):
        try:
            with Image.open(io.BytesIO(content)) as picture:
                yield read(picture)
        except Exception:  # noqa: S112 - there is no list of what hostile bytes may do to a reader
            continue  # it says nothing


def _of_exif(picture: ImageFile) -> Credits:
    exif = picture.getexif()
    camera = exif.get_ifd(ExifTags.IFD.Exif)
    return Credits(
        creator=_text(exif.get(ExifTags.Base.Artist)),
        copyright=_text(exif.get(ExifTags.Base.Copyright)),
        taken=_moment(camera.get(ExifTags.Base.DateTimeOriginal)),
    )


def _of_xmp(picture: ImageFile) -> Credits:
    packet = picture.info.get("xmp") or b""
    tree = ElementTree.fromstring(packet.rstrip(b"\0"))  # noqa: S314 - within the decoder's limits
    return Credits(
        creator=_text(", ".join(_items(tree, f"{{{DC}}}creator"))),
        copyright=_text(next(_items(tree, f"{{{DC}}}rights"), None)),
        taken=_moment(_property(tree, PHOTOSHOP, "DateCreated"))
        or _moment(_property(tree, EXIF, "DateTimeOriginal")),
    )


def _items(tree: ElementTree.Element, name: str) -> Iterator[str]:
    for each in tree.iter(name):
        yield from (item.text or "" for item in each.iter(f"{{{RDF}}}li"))


def _property(tree: ElementTree.Element, space: str, name: str) -> str | None:
    """Return a simple property, written as an element or, shorter, as an attribute."""
    written = f"{{{space}}}{name}"
    short = (each.get(written) for each in tree.iter(f"{{{RDF}}}Description"))
    return next((each for each in short if each), tree.findtext(f".//{written}"))


def _of_iim(picture: ImageFile) -> Credits:
    said = IptcImagePlugin.getiptcinfo(picture) or {}
    day = _text(said.get(DATE_CREATED)) or ""
    return Credits(
        creator=_text(said.get(BY_LINE)),
        copyright=_text(said.get(COPYRIGHT_NOTICE)),
        taken=_moment(f"{day[:4]}-{day[4:6]}-{day[6:8]}"),
    )


def _text(said: object) -> str | None:
    """Return a text on one line; EXIF is UTF-8 in practice, whatever its standard says."""
    if isinstance(said, str):
        raw = said.encode("latin-1", "ignore")  # as Pillow reads it
        said = _utf8(raw) if raw.decode("latin-1") == said else said
    elif isinstance(said, bytes):
        said = _utf8(said)
    else:
        return None
    return UNSEEN.sub(" ", said).strip()[:MAX_LETTERS].strip() or None


def _utf8(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _moment(said: object) -> str | None:
    found = MOMENT.match(said) if isinstance(said, str) else None
    if found is None or found[1] == "0000":
        return None
    year, month, day, hour, minute, second = (each or "00" for each in found.groups())
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}"


def exif_of(kept: Credits) -> Image.Exif:
    """Return EXIF that says this and nothing else."""
    exif = Image.Exif()
    if kept.creator:
        exif[ExifTags.Base.Artist] = kept.creator.encode()
    if kept.copyright:
        exif[ExifTags.Base.Copyright] = kept.copyright.encode()
    if kept.taken:
        at = kept.taken.replace("-", ":").replace("T", " ")
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = at
    return exif


def xmp_of(kept: Credits, source_type: str | None) -> bytes:
    """Return a packet of XMP that says this and how the picture came to be."""
    said = (
        (source_type, "<Iptc4xmpExt:DigitalSourceType>{}</Iptc4xmpExt:DigitalSourceType>"),
        (kept.creator, "<dc:creator><rdf:Seq><rdf:li>{}</rdf:li></rdf:Seq></dc:creator>"),
        (
            kept.copyright,
            '<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">{}</rdf:li></rdf:Alt></dc:rights>',
        ),
        (kept.taken, "<photoshop:DateCreated>{}</photoshop:DateCreated>"),
    )
    properties = "\n   ".join(form.format(escape(each, quote=False)) for each, form in said if each)
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="{RDF}">
  <rdf:Description rdf:about="" xmlns:dc="{DC}"
    xmlns:photoshop="{PHOTOSHOP}" xmlns:Iptc4xmpExt="{EXTENSION}">
   {properties}
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>""".encode()
