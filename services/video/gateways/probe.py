"""Whether a file that was just made is what was asked for."""

from pathlib import Path

from chassis.errors import Invalid, Rejected
from gateways.work_folder import scratch
from video.gateways.engine import Control
from video.gateways.ffmpeg import Failed, link, run, source
from video.gateways.index import Media, Pictures, is_ours, read


def verified(
    made: Path, size: tuple[int, int], duration_ms: int, tolerance_ms: int, control: Control
) -> Pictures:
    """Return the pictures of a piece just made, whose key frames and sound can be decoded.

    Asked is what `as_asked` asks. The file lies in a scratch folder.

    Raises:
        Rejected: it is not what was asked, or cannot be decoded.
        Unavailable: ffmpeg was killed.
    """
    pictures = as_asked(made, size, duration_ms, tolerance_ms)
    with scratch(made.parent) as folder:
        opened = source("mov", link(folder, "input", made), "-skip_frame:v", "nokey")
        try:
            run(
                folder, [*opened, "-xerror", "-fps_mode", "passthrough", "-f", "null", "-"], control
            )
        except Failed as error:
            message = "cannot be decoded"
            raise Rejected("video.bad_output", message, details=error.details) from None
    return pictures


def as_asked(made: Path, size: tuple[int, int], duration_ms: int, tolerance_ms: int) -> Pictures:
    """Return the pictures of a file just made, by its index.

    Asked are H.264 pictures of `size` (width, height), AAC stereo sound, `duration_ms` give or
    take `tolerance_ms` for both, and an index that stands before the data.

    Raises:
        Rejected: it is not so.
    """
    try:
        media = read(made)
    except Invalid as error:
        raise Rejected("video.bad_output", "cannot be read", details=error.details) from None
    if media.pictures is None or not is_ours(media, size):
        raise Rejected("video.bad_output", "streams of the wrong kind or size")
    lengths = _lengths(media)
    if any(abs(length - duration_ms) > tolerance_ms for length in lengths):
        details = {"expected_ms": duration_ms, "measured_ms": lengths}
        raise Rejected("video.bad_output", "of the wrong length", details=details)
    if not media.starts_fast:
        raise Rejected("video.bad_output", "its index stands behind the data")
    return media.pictures


def _lengths(media: Media) -> list[int]:
    return [stream.duration_ms for stream in (media.pictures, media.sound) if stream is not None]
