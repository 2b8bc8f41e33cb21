"""The colours that a PNG describes by numbers in place of a profile, as the profile they are."""

import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from PIL import ImageCms

SRGB_GAMMA = 0.45455  # what a PNG of sRGB says for those who know no better
D50 = (0.9642, 1, 0.8249)  # XYZ of the white that profiles are related to
# Bradford's: what the three kinds of cone see of XYZ, and back.
CONES = (0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296)
XYZ = (0.98699, -0.14705, 0.15996), (0.43231, 0.51836, 0.04929), (-0.00853, 0.04004, 0.96849)

Place = tuple[float, float]  # CIE x, y
Vector = Sequence[float]


def described(info: Mapping[Any, Any]) -> bytes | None:
    """Return the profile (ICC) of what Pillow read of cHRM and gAMA; None where it is sRGB."""
    places, gamma = info.get("chromaticity"), info.get("gamma")
    changed: dict[bytes, bytes] = {}  # by the name of a tag of sRGB's
    if "srgb" in info:
        return None
    try:
        if places:
            white, *primaries = zip(places[::2], places[1::2], strict=True)
            for name, column in zip("rgb", _columns(white, primaries), strict=True):
                changed[f"{name}XYZ".encode()] = _fixed(*column)
        if gamma and abs(gamma - SRGB_GAMMA) > 0.005:
            curve = b"\0\3\0\0" + _fixed(1 / gamma, 1, 0, 0, 0)
            changed |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    except (ArithmeticError, ValueError, struct.error):
        return None  # no colours are like that
    return _srgb_but(changed) if changed else None


def _columns(white: Place, primaries: Sequence[Place]) -> Iterator[list[float]]:
    """Yield the colours red, green and blue at full strength (XYZ), as they are seen under D50."""
    lit, red, green, blue = (_light(each) for each in (white, *primaries))
    whole = _volume(red, green, blue)
    shares = _volume(lit, green, blue), _volume(red, lit, blue), _volume(red, green, lit)
    gains = [to / of for to, of in zip(_by(CONES, D50), _by(CONES, lit), strict=True)]
    for colour, share in zip((red, green, blue), shares, strict=True):
        cones = _by(CONES, [each * share / whole for each in colour])
        yield _by(XYZ, [gain * each for gain, each in zip(gains, cones, strict=True)])


def _light(place: Place) -> Vector:
    x, y = place
    return x / y, 1, (1 - x - y) / y


def _volume(one: Vector, two: Vector, three: Vector) -> float:
    (a, b, c), (d, e, f), (g, h, i) = one, two, three
    return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)


def _by(matrix: Sequence[Vector], vector: Vector) -> list[float]:
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def _fixed(*values: float) -> bytes:
    return struct.pack(f">{len(values)}l", *(round(each * 65_536) for each in values))


def _srgb_but(changed: Mapping[bytes, bytes]) -> bytes:
    """Return the profile of sRGB with the contents of some tags changed, under another name."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for entry in range(132, 132 + 12 * int.from_bytes(profile[128:132]), 12):
        content = changed.get(bytes(profile[entry : entry + 4]), b"")
        at = int.from_bytes(profile[entry + 4 : entry + 8]) + 8
        profile[at : at + len(content)] = content
    return bytes(profile).replace("sRGB".encode("utf-16-be"), "PNG ".encode("utf-16-be"))
