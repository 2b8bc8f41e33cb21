"""Files of pictures, also such as no library writes: deep, interlaced or oddly coded ones."""

import io
import struct
import zlib

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image

PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2))
ADAM7 = (*PASSES, (0, 1, 1, 2))  # begins at (x, y) and goes by steps of (x, y)
CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}  # by a PNG's type of colour


def saved(picture: Image.Image, file_format: str, **options: object) -> bytes:
    """Return a file as Pillow writes it."""
    content = io.BytesIO()
    picture.save(content, file_format, **options)
    return content.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    """Return a part of a PNG."""
    checksum = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + checksum


def png(
    picture: Image.Image, *, depth: int, before: bytes = b"", interlaced: bool = False
) -> bytes:
    """Return a PNG of 1 to 16 bits a channel; `before`: chunks that stand before the pixels."""
    colour = {"L": 0, "RGB": 2, "LA": 4, "RGBA": 6}[picture.mode]
    pixels = np.asarray(picture).reshape(picture.height, picture.width, CHANNELS[colour])
    passes = ADAM7 if interlaced else ((0, 0, 1, 1),)
    rows = b"".join(
        b"\0" + _packed(row, depth)
        for x, y, across, down in passes
        for row in pixels[y::down, x::across]
    )
    head = struct.pack(
        ">IIBBBBB", picture.width, picture.height, depth, colour, 0, 0, int(interlaced)
    )
    body = chunk(b"IHDR", head) + before + chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")


def _packed(row: NDArray[np.uint8], depth: int) -> bytes:
    """Return a row of samples of so many bits, the first in the highest."""
    if depth == 16:
        return (row.astype(np.uint16) * 257).astype(">u2").tobytes()
    bits = np.unpackbits(row.reshape(-1, 1), axis=1)[:, :depth]
    return np.packbits(bits).tobytes()


def ycck(picture: Image.Image) -> bytes:
    """Return a JPEG of inks, written as lightness, two colours and black as Photoshop does."""
    cyan, magenta, yellow, black = picture.convert("CMYK").split()
    luma = Image.merge("RGB", (cyan, magenta, yellow)).convert("YCbCr").split()
    inverted = [plane.point(lambda value: 255 - value) for plane in luma]
    content = saved(Image.merge("CMYK", (*inverted, black)), "JPEG", quality=95)
    adobe = content.index(b"Adobe") + 11
    return content[:adobe] + b"\x02" + content[adobe + 1 :]


def heic_of_ten_bits(picture: Image.Image, **options: object) -> bytes:
    """Return a HEIC as a phone writes it for its wider range."""
    deep = (np.asarray(picture).astype(np.uint16) * 257).astype("<u2")
    made = pillow_heif.from_bytes("RGB;16", picture.size, deep.tobytes())
    content = io.BytesIO()
    made.save(content, quality=95, **options)
    return content.getvalue()
