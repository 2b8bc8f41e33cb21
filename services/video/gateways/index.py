"""What an MP4 file says of itself in its index: nothing is decoded, so it costs next to nothing."""

import os
import struct
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

from chassis.domain import value
from chassis.errors import Invalid
from video.gateways.engine import FPS
from video.gateways.ffmpeg import RATE, TICKS

MAX_INDEX = 32 * 1024 * 1024  # bytes; a film of ten minutes has half of one
TRACK, TABLES = (b"mdia", b"mdhd"), (b"mdia", b"minf", b"stbl")
BT709 = 1  # the code of a colour matrix, and what a player takes where nothing is said


@value
class Pictures:
    """The video stream: `size` in pixels; streams with equal `header`s may follow each other."""

    codec: str
    size: tuple[int, int]
    frames: int
    duration_ms: int
    steady: bool  # 25 frames a second from 0 on, each shown when decoded, in our time base
    matrix: int  # of its colours, by the code of ISO/IEC 23091-2
    header: bytes


@value
class Sound:
    """The audio stream: `rate` in samples a second; `header` as that of pictures."""

    codec: str
    rate: int
    channels: int
    duration_ms: int
    header: bytes


@value
class Media:
    """The first video and the first audio stream of a file, where it has them."""

    pictures: Pictures | None
    sound: Sound | None
    starts_fast: bool  # the index stands before the data


def read(path: Path) -> Media:
    """Return what a file's index says.

    Raises:
        Invalid: there is no MP4 file, or less of it than the index says, or one in fragments.
    """
    try:
        with path.open("rb") as file:
            index, starts_fast = _index(file)
        tracks = [Track(data) for name, data in _boxes(index) if name == b"trak"]
        video = next((track for track in tracks if track.kind == b"vide"), None)
        audio = next((track for track in tracks if track.kind == b"soun"), None)
        return Media(
            pictures=_pictures(video) if video and video.samples else None,
            sound=_sound(audio) if audio and audio.samples else None,
            starts_fast=starts_fast,
        )
    except (OSError, LookupError, ValueError, ArithmeticError, struct.error) as error:
        details = {"cause": type(error).__name__}
        message = "the file cannot be read as an MP4 film"
        raise Invalid("video.invalid_input", message, details=details) from None


def is_ours(media: Media, size: tuple[int, int]) -> bool:
    """Tell whether a file is in the format of our pieces, but for the encoder's parameters."""
    pictures, sound = media.pictures, media.sound
    return (
        pictures is not None
        and (pictures.codec, pictures.size, pictures.steady) == ("avc1", size, True)
        and sound is not None
        and (sound.codec, sound.rate, sound.channels) == ("mp4a", RATE, 2)
        and abs(sound.duration_ms - pictures.duration_ms) <= 1000 // FPS
    )


class Track:
    """One stream's part of the index."""

    def __init__(self, data: bytes) -> None:
        """`data`: what the box 'trak' holds."""
        header, tables = _box(data, *TRACK), _box(data, *TABLES)
        self.kind = _box(data, b"mdia", b"hdlr")[8:12]
        self.scale: int
        (self.scale,) = struct.unpack_from(">I", header, 20 if header[0] else 12)
        runs = _box(tables, b"stts")
        (count,) = struct.unpack_from(">I", runs, 4)
        self.runs = list(struct.iter_unpack(">II", runs[8 : 8 + 8 * count]))  # (samples, ticks)
        self.samples = sum(samples for samples, _ in self.runs)
        self.reordered = any(name == b"ctts" for name, _ in _boxes(tables))
        self.entry, self.described = list(_boxes(_box(tables, b"stsd")[8:]))[0]
        self.begins = _begin(data)

    @property
    def duration_ms(self) -> int:
        """How long it is shown or heard: what sound has before its beginning is its run-up."""
        ticks = sum(samples * each for samples, each in self.runs)
        if self.kind == b"soun":
            ticks -= max(0, self.begins)
        return round(Fraction(1000 * ticks, self.scale))


def _index(file: BinaryIO) -> tuple[bytes, bool]:
    """Return the box 'moov', and whether it stands before the data; every box has to be whole."""
    end = os.fstat(file.fileno()).st_size
    index, starts_fast, at = b"", False, 0
    while at < end:
        file.seek(at)
        head = file.read(16)
        length, name = struct.unpack_from(">I4s", head)
        begin = 8
        if length == 1:
            (length,), begin = struct.unpack_from(">Q", head, 8), 16
        length = length or end - at  # 0: to the file's end
        if not begin <= length <= end - at:
            raise ValueError("a box longer than its file")
        if name == b"moov" and length <= MAX_INDEX:
            file.seek(at + begin)
            index = file.read(length - begin)
        starts_fast = starts_fast or (name == b"mdat" and bool(index))
        at += length
    return index, starts_fast


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        if not 8 <= length <= len(data) - at:
            raise ValueError("a box longer than the one around it")
        yield name, data[at + 8 : at + length]
        at += length


def _box(data: bytes, *path: bytes) -> bytes:
    for name in path:
        data = dict(reversed(list(_boxes(data))))[name]
    return data


def _begin(data: bytes) -> int:
    """Return the tick with which a stream sets in, by its edit list; -1 where that does more."""
    edits = [found for name, found in _boxes(data) if name == b"edts"]
    if not edits:
        return 0
    listed = _box(edits[0], b"elst")
    (count,) = struct.unpack_from(">I", listed, 4)
    (begins,) = struct.unpack_from(">q" if listed[0] else ">i", listed, 16 if listed[0] else 12)
    return int(begins) if count == 1 else -1


def _pictures(track: Track) -> Pictures:
    width, height = struct.unpack_from(">HH", track.described, 24)
    about = dict(_boxes(track.described[78:]))
    colours, shape = about.get(b"colr", b""), about.get(b"pasp", b"")
    in_order = not track.reordered and track.begins == 0
    return Pictures(
        codec=track.entry.decode("latin-1"),
        size=(width, height),
        frames=track.samples,
        duration_ms=track.duration_ms,
        steady=in_order
        and track.scale == TICKS
        and {each for _, each in track.runs} == {TICKS // FPS},
        matrix=struct.unpack_from(">H", colours, 8)[0] if colours[:4] == b"nclx" else BT709,
        header=about.get(b"avcC", b"") + colours + shape,
    )


def _sound(track: Track) -> Sound:
    channels, rate = struct.unpack_from(">H6xI", track.described, 16)
    # Only this is for the decoder; around it stands the bit rate, which is each piece's own.
    _, _, decoder = track.described.partition(b"\x05\x80\x80\x80")
    return Sound(
        codec=track.entry.decode("latin-1"),
        rate=rate >> 16,
        channels=channels,
        duration_ms=track.duration_ms,
        header=decoder[: 1 + decoder[0]] if decoder else b"",
    )
