"""Joining pieces into the film, with music; the pictures of our own pieces are not re-encoded."""

import math
from collections.abc import Sequence
from pathlib import Path

from chassis.domain import value
from chassis.errors import Invalid
from gateways.work_folder import scratch
from video.gateways.engine import FPS, Control, Film, fingerprint, size_of
from video.gateways.ffmpeg import CONTAINER, LOUD_SOUND, TICKS, link, run, source
from video.gateways.finish import carded, logo, marked, thumbnailed
from video.gateways.index import Pictures, is_ours, read
from video.gateways.mixing import copied, mixed
from video.gateways.normal import normalised
from video.gateways.probe import as_asked

FRAME_MS = 1000 // FPS
COPIED = f"-map 0:v:0 -c:v copy -video_track_timescale {TICKS}".split()
LITTLE = 32  # bytes to look into: the index has said already what ffmpeg would find out by decoding
FORMATS = "concat,mov,mp4,m4a,3gp,3g2,mj2"


@value
class Look:
    """How a film looks and sounds beyond its pieces."""

    aspect_ratio: str
    music: Path | None = None
    music_volume: int = 50  # percent
    ducked: bool = False  # the pieces have native audio: the music steps back under it by 8 dB
    logo: Path | None = None  # a PNG in the film's size, clear but for the logo; not over the card
    card: Path | None = None  # a PNG in the film's size, shown 3 s at the end


def compile_film(
    pieces: Sequence[Path],
    out: Path,
    thumbnail: Path,
    *,
    look: Look,
    control: Control,
) -> Film:
    """Join `pieces`, in order, into the film `out`; save its sharpest frame near 1 s as JPEG.

    A piece in another format than ours is normalised first. The pictures are copied, under a logo
    encoded; the sound is copied, with music mixed (see `mixing`). At volume 0 there is no music.

    Both files lie in scratch folders, where all that is made on the way lies as well.

    Raises:
        Invalid: no piece, or a piece, the music, logo or card cannot be read, or the volume is not
            0 to 100.
        Rejected: a piece cannot be decoded, or the film is not what the pieces add up to.
        Unavailable: ffmpeg failed or took longer than 300 s.
    """
    size = size_of(look.aspect_ratio)
    if not pieces or not 0 <= look.music_volume <= 100:
        raise Invalid("video.invalid_input", "a film has pieces, and a volume from 0 to 100")
    with scratch(out.parent) as folder, scratch(thumbnail.parent) as other:
        control.progress(0, "checking")
        parts = _placed(folder, pieces, look, control)
        parts_ms = [part.duration_ms for part in parts]
        control.progress(40, "joining")
        film = _joined(folder, parts_ms, look, control)
        control.progress(80, "verifying")
        as_asked(film, size, sum(parts_ms), FRAME_MS * max(1, len(parts) - 1))
        still = thumbnailed(film, other, look.aspect_ratio, parts_ms[0], control)
        sha256, length = fingerprint(film)
        still.replace(thumbnail)
        film.replace(out)
    control.progress(100, "done")
    return Film(
        duration_ms=sum(parts_ms),
        duration_seconds=math.ceil(sum(parts_ms) / 1000),
        width=size[0],
        height=size[1],
        sha256=sha256,
        size=length,
        parts_ms=tuple(parts_ms),
    )


def _placed(folder: Path, pieces: Sequence[Path], look: Look, control: Control) -> list[Pictures]:
    """Put every piece, and the card, into `folder`, all in one format; return their pictures."""
    parts = [_piece(folder, number, path, look, control) for number, path in enumerate(pieces)]
    if look.card is not None:
        shown = carded(look.card, folder / _name(len(parts)), look.aspect_ratio, control)
        parts.append((shown, True))
    if len({part.header for part, _ in parts}) > 1:
        # The same format from two encoders: only what was just encoded here is known to be ours.
        house = next((part.header for part, fresh in parts if fresh), None)
        for number, (part, _) in enumerate(parts):
            if part.header != house:
                parts[number] = (_anew(folder, number, part, look, control), True)
    return [part for part, _ in parts]


def _piece(
    folder: Path, number: int, path: Path, look: Look, control: Control
) -> tuple[Pictures, bool]:
    """Put one piece into `folder`; return its pictures and whether they were encoded anew."""
    media = read(folder / link(folder, _name(number), path))
    if media.pictures is None:
        raise Invalid("video.invalid_input", "a piece without pictures")
    if is_ours(media, size_of(look.aspect_ratio)):
        return media.pictures, False
    return _anew(folder, number, media.pictures, look, control), True


def _anew(folder: Path, number: int, pictures: Pictures, look: Look, control: Control) -> Pictures:
    place = folder / _name(number)
    normalised(
        place,
        place,
        milliseconds=pictures.duration_ms,
        aspect_ratio=look.aspect_ratio,
        native_audio=True,
        control=control,
    )
    return as_asked(place, size_of(look.aspect_ratio), pictures.duration_ms, FRAME_MS)


def _joined(folder: Path, parts_ms: Sequence[int], look: Look, control: Control) -> Path:
    pieces, duration_ms = _listed(folder, parts_ms), sum(parts_ms)
    inputs, pictures, sound = pieces, COPIED, ["-map", "0:a:0", *copied(parts_ms)]
    if look.music is not None and look.music_volume:
        mix, level = mixed(
            folder,
            pieces,
            look.music,
            volume=look.music_volume,
            ducked=look.ducked,
            duration_ms=duration_ms,
            control=control,
        )
        inputs, sound = [*inputs, *mix], ["-map", "1:a:0", "-af", level, *LOUD_SOUND]
    if look.logo is not None:
        body_ms = sum(parts_ms[: len(parts_ms) - (look.card is not None)])
        mark = logo(folder, look.logo, look.aspect_ratio, control)
        pictures = marked(body_ms, inputs.count("-i"))
        inputs = [*inputs, *mark]
    film = folder / "film.mp4"
    whole = ["-t", f"{duration_ms / 1000:.3f}", *CONTAINER, film.name]
    run(folder, [*inputs, *pictures, *sound, *whole], control)
    return film


def _listed(folder: Path, parts_ms: Sequence[int]) -> list[str]:
    """Return the arguments that open all parts as one, one after the other."""
    listed = [
        f"file {_name(number)}\noption probesize {LITTLE}\n"
        f"inpoint 0\noutpoint {ms / 1000:.3f}\nduration {ms / 1000:.3f}\n"
        for number, ms in enumerate(parts_ms)
    ]
    (folder / "pieces.txt").write_text("ffconcat version 1.0\n" + "".join(listed))
    # Not "safe" is for options; all names in the list are our own.
    return source("concat", "pieces.txt", "-safe", "0", "-format_whitelist", FORMATS)


def _name(number: int) -> str:
    return f"piece-{number:03}.mp4"
