"""What copies are made of a picture: values alone, for who orders them and for who makes them."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)  # not the frame's: the decoder knows no frame
class Copy:
    """A JPEG to be made of a picture: upright, sRGB, nothing of the picture's own metadata.

    Of metadata it has what is named here: the source type (an address of the IPTC's list) and,
    where it is `credited`, who made the picture, whose it is and when it was taken.
    """

    longest_px: int | None = None  # of its longest side, where the picture's is longer
    most_bytes: int | None = None  # what it is pressed to, as far as anything is left to see
    source_type: str | None = None
    credited: bool = True
    label: str | None = None  # a line in a corner, of letters that ASCII has


def rendition(longest_px: int, most_bytes: int, source_type: str | None = None) -> Copy:
    """Return the order of a small copy, for lists and pages."""
    return Copy(longest_px=longest_px, most_bytes=most_bytes, source_type=source_type)
