"""What is in a media file, measured packet by packet; and whether a file is what was asked for."""

import struct
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

from chassis.domain import value
from chassis.errors import Invalid, Rejected, Unavailable
from gateways.work_folder import scratch
from video.gateways.engine import FPS, Control
from video.gateways.ffmpeg import RATE, TICKS, link, run, source

MAX_PIXELS = "36000000"  # of one video frame


@value
class Pictures:
    """The video stream: `size` in pixels, `header` the encoder's parameters as one checksum."""

    codec: str
    size: tuple[int, int]
    square: bool  # the pixels
    frames: int
    duration_ms: int
    steady: bool  # 25 frames a second from 0 on, without a gap, in our time base
    header: str


@value
class Sound:
    """The audio stream: `rate` in samples a second, `layout` as ffmpeg names it."""

    codec: str
    rate: int
    layout: str
    duration_ms: int


@value
class Media:
    """The first video and the first audio stream of a file, where it has them."""

    pictures: Pictures | None
    sound: Sound | None


def verified(
    made: Path, size: tuple[int, int], duration_ms: int, tolerance_ms: int, control: Control
) -> Pictures:
    """Return the pictures of a file just made; raise `Rejected` if it is not what was asked.

    Asked are H.264 pictures of `size`, AAC stereo sound, `duration_ms` give or take
    `tolerance_ms` for both, and an index that stands before the data. The file lies in a scratch
    folder.
    """
    try:
        media = probe(made, made.parent, control)
    except Invalid as error:
        raise Rejected("video.bad_output", "cannot be read", details=error.details) from None
    pictures, sound = media.pictures, media.sound
    if pictures is None or not is_ours(media, size):
        raise Rejected("video.bad_output", "streams of the wrong kind or size")
    lengths = (pictures.duration_ms, sound.duration_ms if sound else 0)
    if any(abs(length - duration_ms) > tolerance_ms for length in lengths):
        details = {"expected_ms": duration_ms, "measured_ms": lengths}
        raise Rejected("video.bad_output", "of the wrong length", details=details)
    if not _starts_fast(made):
        raise Rejected("video.bad_output", "its index stands behind the data")
    return pictures


def is_ours(media: Media, size: tuple[int, int]) -> bool:
    """Tell whether a file is in the format of our pieces, but for the encoder's parameters."""
    pictures, sound = media.pictures, media.sound
    return (
        pictures is not None
        and (pictures.codec, pictures.size, pictures.square) == ("h264", size, True)
        and pictures.steady
        and sound is not None
        and (sound.codec, sound.rate, sound.layout) == ("aac", RATE, "stereo")
    )


def probe(path: Path, work: Path, control: Control) -> Media:
    """Measure the packets of an MP4 and decode its key frames and sound, in a folder below `work`.

    Raises:
        Invalid: it cannot be read as film.
        Unavailable: ffmpeg was killed.
    """
    options = f"-skip_frame:v nokey -max_pixels:v {MAX_PIXELS}"
    return _measured(path, "mov", options, work, control)


def probe_music(path: Path, demuxer: str, work: Path, control: Control) -> Media:
    """Measure the packets of a music file and decode it; raises as `probe` does."""
    return _measured(path, demuxer, "-vn", work, control)


def _measured(path: Path, demuxer: str, options: str, work: Path, control: Control) -> Media:
    streams = ["-map", "0:V:0?", "-map", "0:a:0?"]
    with scratch(work) as folder:  # not beside the file: the store's folder is not for that
        opened = source(demuxer, link(folder, "input", path), *options.split())
        packets = [*streams, "-c", "copy", "-f", "framecrc", "packets.txt"]
        decoded = [*streams, "-fps_mode", "passthrough", "-f", "null", "-"]
        try:
            run(folder, [*opened, *packets, *decoded], control)
        except Unavailable as error:
            if int(error.details.get("exit", 0)) <= 0:
                raise
            message = "the file cannot be read as film or music"
            raise Invalid("video.invalid_input", message, details=error.details) from None
        return _media((folder / "packets.txt").read_text())


def _media(report: str) -> Media:
    """Read the lines `#name stream: value` and `stream, dts, pts, duration, size, checksum`."""
    facts: dict[str, dict[str, str]] = defaultdict(dict)
    packets: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for line in report.splitlines():
        if line.startswith("#"):
            name, _, rest = line[1:].partition(" ")
            stream, _, fact = rest.partition(": ")
            facts[stream][name] = fact.strip()
        else:
            stream, _, shown, lasts = line.split(",")[:4]
            packets[stream].append((int(shown), int(lasts)))
    kinds = {fact["media_type"]: key for key, fact in facts.items() if "media_type" in fact}
    video, audio = kinds.get("video"), kinds.get("audio")
    return Media(
        pictures=_pictures(facts[video], packets[video]) if video and packets[video] else None,
        sound=_sound(facts[audio], packets[audio]) if audio and packets[audio] else None,
    )


def _pictures(facts: dict[str, str], packets: list[tuple[int, int]]) -> Pictures:
    width, height = facts["dimensions"].split("x")
    tick = TICKS // FPS
    return Pictures(
        codec=facts["codec_id"],
        size=(int(width), int(height)),
        square=facts["sar"] == "1/1",
        frames=len(packets),
        duration_ms=_duration_ms(facts, packets),
        steady=facts["tb"] == f"1/{TICKS}"
        and packets == [(index * tick, tick) for index in range(len(packets))],
        header=facts.get("extradata", ""),
    )


def _sound(facts: dict[str, str], packets: list[tuple[int, int]]) -> Sound:
    return Sound(
        codec=facts["codec_id"],
        rate=int(facts["sample_rate"]),
        layout=facts.get("channel_layout_name", ""),
        duration_ms=_duration_ms(facts, packets),
    )


def _duration_ms(facts: dict[str, str], packets: list[tuple[int, int]]) -> int:
    # What lies before 0 is the encoder's run-up and is never heard.
    begins = max(0, min(shown for shown, _ in packets))
    ends = max(shown + lasts for shown, lasts in packets)
    return round((ends - begins) * 1000 * Fraction(facts["tb"]))


def _starts_fast(path: Path) -> bool:
    """Tell whether the box 'moov' (the index) comes before 'mdat' (the data)."""
    with path.open("rb") as file:
        while len(head := file.read(16)) == 16:
            length, kind = struct.unpack(">I4s", head[:8])
            if kind in (b"moov", b"mdat"):
                return bool(kind == b"moov")
            length = struct.unpack(">Q", head[8:])[0] if length == 1 else length
            if length < 8:
                return False
            file.seek(length - 16, 1)
    return False
