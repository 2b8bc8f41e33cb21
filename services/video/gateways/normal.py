"""What is not of our making is brought into our form once: pieces of a film, pictures to send."""

from pathlib import Path

from PIL import Image

from chassis.errors import Invalid, Rejected
from gateways.pictures import pixels
from gateways.work_folder import scratch
from video.gateways.engine import FPS, Control, Piece, fingerprint, size_of
from video.gateways.ffmpeg import (
    CONTAINER,
    MAX_PIXELS,
    PICTURE,
    RATE,
    SOUND,
    TAGS,
    Failed,
    link,
    run,
    source,
)
from video.gateways.index import read
from video.gateways.probe import verified

FRAME_MS = 1000 // FPS
SHORT = 0.9  # of what was asked for is the least; then its last picture stands still
MATRICES = {5: "bt601", 6: "bt601", 9: "bt2020"}  # of colours; all others are BT.709
STEREO = f"aresample={RATE}:async=1,aformat=channel_layouts=stereo"
MOST_PIXELS = 4_000_000  # of a JPEG; twice a film's, and even noise stays below 10 MB


def normalised(
    path: Path,
    out: Path,
    *,
    milliseconds: int,
    aspect_ratio: str,
    native_audio: bool,
    control: Control,
) -> Piece:
    """Encode somebody's MP4 anew, as a piece of exactly `milliseconds`, in whole frames.

    Its pictures are scaled and cropped to fill the frame, at 25 a second, those between two of
    its own blended of both; its sound is kept with `native_audio`, and is silence where it has
    none. `out` lies in a scratch folder, where all that is made on the way lies as well.

    Raises:
        Invalid: it cannot be read as an MP4 with pictures.
        Rejected: it cannot be decoded to its end, or is more than a tenth too short.
        Unavailable: ffmpeg was killed or took longer than 300 s.
    """
    size, media = size_of(aspect_ratio), read(path)
    if media.pictures is None:
        raise Invalid("video.invalid_input", "a piece without pictures")
    if media.pictures.duration_ms < milliseconds * SHORT:
        details = {"expected_ms": milliseconds, "measured_ms": media.pictures.duration_ms}
        raise Rejected("video.bad_output", "too short a piece", details=details)
    frames = max(1, round(milliseconds * FPS / 1000))
    with scratch(out.parent) as folder:
        link(folder, "foreign.mp4", path)
        heard = native_audio and media.sound is not None
        made = _encoded(folder, media.pictures.matrix, heard, size, frames, control)
        verified(made, size, frames * FRAME_MS, FRAME_MS, control)
        sha256, length = fingerprint(made)
        made.replace(out)
    return Piece(
        duration_ms=frames * FRAME_MS, width=size[0], height=size[1], sha256=sha256, size=length
    )


def _encoded(
    folder: Path, matrix: int, heard: bool, size: tuple[int, int], frames: int, control: Control
) -> Path:
    width, height = size
    colours = f"in_color_matrix={MATRICES.get(matrix, 'bt709')}"
    fill = f"{width}:{height}:force_original_aspect_ratio=increase:{colours}"
    shown = (
        f"scale=iw*sar:ih,scale={fill}:out_color_matrix=bt709:out_range=tv,crop={width}:{height}"
    )
    # Linear between neighbours: to repeat one of 24 would stop the camera once a second.
    paced = f"framerate=fps={FPS}:interp_start=0:interp_end=255:scene=100"
    try:
        run(
            folder,
            [
                *source("mov", "foreign.mp4", "-max_pixels", MAX_PIXELS, "-xerror"),
                *source("lavfi", f"anullsrc=r={RATE}:cl=stereo"),
                *("-map", "0:V:0", "-map", "0:a:0" if heard else "1:a:0"),
                *("-vf", f"{shown},{paced},tpad=stop=-1:stop_mode=clone,{TAGS}"),
                *("-af", f"{STEREO},apad", "-t", f"{frames / FPS:.2f}"),
                *(*PICTURE, *SOUND, *CONTAINER, "made.mp4"),
            ],
            control,
        )
    except Failed as error:
        message = "the piece cannot be decoded"
        raise Rejected("video.bad_output", message, details=error.details) from None
    return folder / "made.mp4"


def cropped(picture: Path, out: Path, aspect_ratio: str) -> None:
    """Write the middle of a picture, in a film's ratio, as a JPEG of at most 10 MB.

    `out` lies in a scratch folder; the picture is decoded there as `gateways.pictures` does it.

    Raises:
        Invalid: it cannot be read as a picture, or films do not have that ratio.
        Unavailable: the decoder was killed.
    """
    size = size_of(aspect_ratio)
    whole = pixels(picture.read_bytes(), service="video", work=out.parent)
    height, width = whole.shape[:2]
    cover = min(width / size[0], height / size[1])
    across, down = round(cover * size[0]), round(cover * size[1])
    left, top = (width - across) // 2, (height - down) // 2
    middle = Image.fromarray(whole[top : top + down, left : left + across])
    shrunk = min(1.0, (MOST_PIXELS / (across * down)) ** 0.5)
    fitted = middle.resize((round(across * shrunk), round(down * shrunk)), Image.Resampling.LANCZOS)
    fitted.save(out, "JPEG", quality=92)
