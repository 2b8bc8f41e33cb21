"""The local engine: the still, seen by a moving camera, drawn frame by frame."""

from collections.abc import Callable, Iterator
from pathlib import Path

from gateways.work_folder import scratch
from video.gateways.camera import Course, course_of
from video.gateways.engine import FPS, Control, Piece, Shot, fingerprint, size_of
from video.gateways.ffmpeg import CONTAINER, PICTURE, RATE, SOUND, TAGS, Frame, run, source
from video.gateways.probe import verified
from video.gateways.still import Still, dissolved

BOTH = 4 * FPS // 5  # frames, at most, in which two pictures are seen at once
LED = 0.7  # of a clip that leads to another picture, when it is half there
FRAME_MS = 1000 // FPS
WARM_UP_S, MEETING_S = 0.5, 0.4  # of the room tone, before it is heard
FIRST_Q, LAST_Q = 15, 10  # H.264 quantisers: 50 dB to what was drawn; the rest has about 43
SILENCE = f"anullsrc=r={RATE}:cl=stereo"

Seen = tuple[Still, Course]


class LocalEngine:
    """Makes every piece on this machine, of nothing but the photographs; see `Engine`."""

    name = "local"

    def __init__(self, decode: Callable[[bytes], Frame]) -> None:
        """`decode` returns a picture's pixels, as displayed, in sRGB; raises `Invalid`."""
        self.decode = decode

    def clip(
        self, image: Path, out: Path, *, shot: Shot, end: Path | None = None, control: Control
    ) -> Piece:
        """Make a clip: one slow move, with a quiet room tone if that is asked for, else silent."""
        first, count = self._seen(image, shot), shot.seconds * FPS
        if end is None:
            frames = _moving(first, count)
        else:
            frames = _dissolve(first, self._seen(end, shot), count, round(LED * count))
        tone = (shot.native_audio,) * 2
        return _written(frames, count, first[0].size, tone, out, control)

    def transition(
        self,
        first: Path,
        second: Path,
        out: Path,
        *,
        leaving: Shot,
        arriving: Shot,
        milliseconds: int,
        control: Control,
    ) -> Piece:
        """Make a transition: one camera moves on, the other sets out, and light goes over."""
        one, other = self._seen(first, leaving), self._seen(second, arriving)
        count = round(milliseconds * FPS / 1000)
        frames = _dissolve(one, other, count, count // 2, leaving.seconds, -count / FPS)
        tone = (leaving.native_audio, arriving.native_audio)
        return _written(frames, count, one[0].size, tone, out, control)

    def _seen(self, image: Path, shot: Shot) -> Seen:
        size = size_of(shot.aspect_ratio)
        still = Still(self.decode(image.read_bytes()), size)
        return still, course_of(shot, still.reach)


def _moving(seen: Seen, count: int) -> Iterator[Frame]:
    still, course = seen
    for index in range(count):
        yield still.seen(course.view(index / FPS))


def _dissolve(
    first: Seen, second: Seen, count: int, middle: int, gone: float = 0, waits: float = 0
) -> Iterator[Frame]:
    """Yield `count` frames that go over from one picture to the other, half way at `middle`.

    `gone` and `waits` are where on their paths the cameras are at first, in seconds.
    """
    (old, leaving), (new, arriving) = first, second
    both = min(BOTH, 2 * (count - middle) - 2, 2 * middle - 2)
    for index in range(count):
        share = min(max((index + 1 - middle + both // 2) / (both + 1), 0.0), 1.0)
        one, other = leaving.view(gone + index / FPS), arriving.view(waits + index / FPS)
        if share in (0.0, 1.0):
            yield new.seen(other) if share else old.seen(one)
        else:
            yield dissolved(old, one, new, other, share * share * (3 - 2 * share))


def _sound(seconds: float, tone: tuple[bool, bool]) -> str:
    """Return a filter graph of what is heard, with a room tone at the begin, the end, or both."""
    match tone:
        case (False, False):
            return SILENCE
        case (True, True):
            return _room_tone(seconds)
        case (begins, _):
            return f"{_room_tone(seconds)},afade=t={'out' if begins else 'in'}:d={seconds:.2f}"


def _room_tone(seconds: float) -> str:
    """Return a filter graph of soft air noise, unlike left and right.

    Any length ends as every length begins: it goes over into what came before the begin. So pieces
    that meet are heard as one.
    """
    begin = WARM_UP_S + MEETING_S
    noise = f"anoisesrc=c=brown:r={RATE}:a=0.03:d={begin + seconds:.2f}:seed="
    air = f"{noise}1[l];{noise}2[r];[l][r]join,lowpass=f=500,highpass=f=60,asplit[all][before]"
    body = f"[all]atrim=start={begin},asetpts=PTS-STARTPTS[body]"
    meets = f"[before]atrim={WARM_UP_S}:{begin},asetpts=PTS-STARTPTS[meets]"
    return f"{air};{body};{meets};[body][meets]acrossfade=d={MEETING_S}:c1=qsin:c2=qsin"


def _written(
    frames: Iterator[Frame],
    count: int,
    size: tuple[int, int],
    tone: tuple[bool, bool],
    out: Path,
    control: Control,
) -> Piece:
    width, height = size
    seconds = count / FPS
    raw = ["-pix_fmt", "yuv420p", "-s", f"{width}x{height}", "-r", str(FPS)]
    sound = source("lavfi", _sound(seconds, tone))
    chosen = ["-map", "0:v:0", "-map", "1:a:0", "-vf", TAGS, "-t", f"{seconds:.2f}"]
    with scratch(out.parent) as folder:
        piece = folder / "piece.mp4"
        inputs = [*source("rawvideo", "pipe:0", *raw), *sound]
        encoded = [*PICTURE, *_fine_ends(count), *SOUND, *CONTAINER]
        arguments = [*inputs, *chosen, *encoded, piece.name]
        run(folder, arguments, control, frames=frames, expected=count)
        made = verified(piece, size, count * FRAME_MS, FRAME_MS, control)
        sha256, length = fingerprint(piece)
        piece.replace(out)
    return Piece(
        duration_ms=made.duration_ms, width=width, height=height, sha256=sha256, size=length
    )


def _fine_ends(count: int) -> list[str]:
    """Return what makes the first and the last frame finer, so that nobody sees pieces meet."""
    last = count - 1
    return ["-x264-params", f"zones=0,0,q={FIRST_Q}/{last},{last},q={LAST_Q}"]
