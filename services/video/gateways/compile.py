"""Joining pieces into the film, with music; the pictures of our own pieces are not re-encoded."""

import math
from collections.abc import Sequence
from pathlib import Path

from chassis.errors import Invalid
from gateways.work_folder import scratch
from video.gateways.engine import FPS, Control, Film, fingerprint, size_of
from video.gateways.ffmpeg import CONTAINER, PICTURE, RATE, SOUND, TAGS, TICKS, link, run, source
from video.gateways.probe import MAX_PIXELS, Pictures, is_ours, probe, probe_music, verified

FRAME_MS = 1000 // FPS
FADE_S = 2  # the end of the music
STEREO = f"aresample={RATE}:async=1,aformat=channel_layouts=stereo"


def compile_film(
    pieces: Sequence[Path],
    out: Path,
    thumbnail: Path,
    *,
    aspect_ratio: str,
    music: Path | None,
    music_volume: int,
    control: Control,
) -> Film:
    """Join `pieces`, in order, into the film `out`, and save the frame at one second as JPEG.

    A piece in another format than ours is normalised first: scaled and cropped to fill, 25 frames
    a second, with a silent track where it has none. Music of `music_volume` percent lies under
    the sound of the pieces, repeated or cut to the film's length, and fades in the last 2 seconds.

    Both files lie in scratch folders, where all that is made on the way lies as well.

    Raises:
        Invalid: no piece, or a piece or the music cannot be read, or the volume is not 0 to 100.
        Rejected: the film is not what the pieces add up to.
        Unavailable: ffmpeg failed or took longer than 300 s.
    """
    size = size_of(aspect_ratio)
    if not pieces or not 0 <= music_volume <= 100:
        raise Invalid("video.invalid_input", "a film has pieces, and a volume from 0 to 100")
    with scratch(out.parent) as folder, scratch(thumbnail.parent) as other:
        control.progress(0, "checking")
        parts = _uniform(folder, pieces, size, control)
        control.progress(40, "joining")
        duration_ms = sum(part.duration_ms for part in parts)
        film = _joined(folder, parts, duration_ms, music, music_volume, control)
        control.progress(80, "verifying")
        made = verified(film, size, duration_ms, FRAME_MS * max(1, len(parts) - 1), control)
        still = _still(other, film, min(1000, made.duration_ms // 2), control)
        sha256, length = fingerprint(film)
        still.replace(thumbnail)
        film.replace(out)
    control.progress(100, "done")
    return Film(
        duration_ms=made.duration_ms,
        duration_seconds=math.ceil(made.duration_ms / 1000),
        width=size[0],
        height=size[1],
        sha256=sha256,
        size=length,
    )


def _uniform(
    folder: Path, pieces: Sequence[Path], size: tuple[int, int], control: Control
) -> list[Pictures]:
    """Put every piece into `folder`, all in one format, and return their pictures."""
    parts = [_placed(folder, number, path, size, control) for number, path in enumerate(pieces)]
    if len({part.header for part, _ in parts}) > 1:
        # The same format from two encoders: only what was just encoded here is known to be ours.
        house = next((part.header for part, fresh in parts if fresh), None)
        for number, (part, _) in enumerate(parts):
            if part.header != house:
                parts[number] = (_normalised(folder, number, part, True, size, control), True)
    return [part for part, _ in parts]


def _placed(
    folder: Path, number: int, path: Path, size: tuple[int, int], control: Control
) -> tuple[Pictures, bool]:
    """Put one piece into `folder`; return its pictures and whether they were encoded anew."""
    link(folder, _name(number), path)
    media = probe(path, folder, control)
    if media.pictures is None:
        raise Invalid("video.invalid_input", "a piece without pictures")
    if is_ours(media, size):
        return media.pictures, False
    heard = media.sound is not None
    return _normalised(folder, number, media.pictures, heard, size, control), True


def _normalised(
    folder: Path,
    number: int,
    pictures: Pictures,
    heard: bool,
    size: tuple[int, int],
    control: Control,
) -> Pictures:
    """Encode a piece anew, in the format and length (in whole frames) of a film's pieces."""
    width, height = size
    frames = max(1, round(pictures.duration_ms * FPS / 1000))
    fill = f"scale={width}:{height}:force_original_aspect_ratio=increase:out_color_matrix=bt709"
    shown = f"scale=iw*sar:ih,{fill}:out_range=tv,crop={width}:{height},fps={FPS}"
    made = folder / "made.mp4"
    run(
        folder,
        [
            *source("mov", _name(number), "-max_pixels", MAX_PIXELS),
            *source("lavfi", f"anullsrc=r={RATE}:cl=stereo"),
            *("-map", "0:V:0", "-map", "0:a:0" if heard else "1:a:0"),
            *("-vf", f"{shown},tpad=stop=-1:stop_mode=clone,{TAGS}", "-af", f"{STEREO},apad"),
            *("-t", f"{frames / FPS:.2f}"),
            *(*PICTURE, *SOUND, *CONTAINER, made.name),
        ],
        control,
    )
    made.replace(folder / _name(number))
    return verified(folder / _name(number), size, frames * FRAME_MS, FRAME_MS, control)


def _joined(
    folder: Path,
    parts: list[Pictures],
    duration_ms: int,
    music: Path | None,
    music_volume: int,
    control: Control,
) -> Path:
    listed = [
        f"file {_name(number)}\ninpoint 0\nduration {part.duration_ms / 1000:.3f}\n"
        for number, part in enumerate(parts)
    ]
    (folder / "pieces.txt").write_text("ffconcat version 1.0\n" + "".join(listed))
    inputs = source("concat", "pieces.txt", "-safe", "1")
    length = f"{duration_ms / 1000:.3f}"
    sound = f"[0:a:0]{STEREO},apad,atrim=end={length}"
    if music is not None:
        kind = _music_kind(music)
        measured = probe_music(music, kind, folder, control).sound
        if measured is None:
            raise Invalid("video.invalid_input", "the music has no sound")
        inputs += source(kind, link(folder, "music", music), "-stream_loop", "-1")
        sound = f"{sound}[heard];{_under(duration_ms, music_volume, measured.layout)}"
    film = folder / "film.mp4"
    graph = ["-filter_complex", f"{sound}[all]", "-map", "0:v:0", "-map", "[all]"]
    whole = ["-t", length, "-c:v", "copy", "-video_track_timescale", str(TICKS)]
    run(folder, [*inputs, *graph, *whole, *SOUND, *CONTAINER, film.name], control)
    return film


def _under(duration_ms: int, volume: int, layout: str) -> str:
    """Return the filters that lay the music under what is heard, without overdriving the sum."""
    fade = f"afade=t=out:st={max(0, duration_ms / 1000 - FADE_S):.3f}:d={FADE_S}"
    # One channel is heard on both sides as loud as it is; ffmpeg's own way would halve its power.
    stereo = f"pan=stereo|c0=c0|c1=c0,{STEREO}" if layout == "mono" else STEREO
    music = f"[1:a:0]{stereo},volume={volume / 100:.2f},atrim=end={duration_ms / 1000:.3f},{fade}"
    mix = "[heard][music]amix=inputs=2:duration=first:normalize=0"
    return f"{music}[music];{mix},alimiter=limit=0.95:level=0:latency=1"


def _music_kind(path: Path) -> str:
    """Return the demuxer for a music file by its first bytes; raise `Invalid` for any other."""
    with path.open("rb") as file:
        head = file.read(12)
    if head[:4] == b"RIFF" and head[8:] == b"WAVE":
        return "wav"
    if head[:3] == b"ID3" or (head[0:1] == b"\xff" and len(head) > 1 and head[1] >= 0xE0):
        return "mp3"
    if head[4:8] == b"ftyp":
        return "mov"
    if head[:4] in (b"fLaC", b"OggS"):
        return {b"fLaC": "flac", b"OggS": "ogg"}[head[:4]]
    raise Invalid("video.invalid_input", "the music is neither WAV, MP3, M4A, FLAC nor Ogg")


def _still(folder: Path, film: Path, at_ms: int, control: Control) -> Path:
    """Save the frame at `at_ms` as a JPEG, which knows only full-range BT.601."""
    opened = source("mov", link(folder, "film", film), "-ss", f"{at_ms / 1000:.3f}")
    full = "scale=out_range=pc:out_color_matrix=bt601,format=yuvj420p"
    kept = ["-map", "0:v:0", "-frames:v", "1", "-vf", full, "-q:v", "3", "-threads:v", "1"]
    exact = ["-fflags", "+bitexact", "-flags:v", "+bitexact", "-map_metadata", "-1"]
    run(folder, [*opened, *kept, *exact, "-update", "1", "-f", "image2", "still.jpg"], control)
    return folder / "still.jpg"


def _name(number: int) -> str:
    return f"piece-{number:03}.mp4"
