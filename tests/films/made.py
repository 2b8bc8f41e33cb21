"""A film of eight sample photographs, piece by piece, as the suite makes it."""

import resource
from collections.abc import Iterator
from pathlib import Path

from interior_photos import get_all_photos

from chassis.domain import value
from integration.stages.small_films import ENGINE, Job
from video.gateways.engine import Shot, size_of

SECONDS, BETWEEN_MS = 5, 1200
TOUR = (
    ("36444540", "exterior"),
    ("2416933", "living-room"),
    ("4389955", "kitchen"),
    ("6963783", "dining-room"),
    ("5853819", "bathroom"),  # upright, as the last one is
    ("7303773", "bedroom"),
    ("7303800", "tv-room"),
    ("4352247", "office"),
)


@value
class Part:
    """A piece of the film: what it shows, and what it took of the processor (seconds)."""

    path: Path
    name: str
    seconds: float
    processor_s: float


def film(folder: Path, aspect_ratio: str, motion: str = "calm") -> list[Part]:
    """Make the film's clips and transitions below `folder`; return them in order."""
    return list(_parts(folder, aspect_ratio, motion))


def size(aspect_ratio: str) -> tuple[int, int]:
    """Return width and height in pixels."""
    return size_of(aspect_ratio)


def _parts(folder: Path, aspect_ratio: str, motion: str) -> Iterator[Part]:
    before: tuple[Path, Shot] | None = None
    for number, (name, room) in enumerate(TOUR):
        photo = next(Path(path) for path in map(str, get_all_photos()) if name in path)
        shot = Shot(
            room_type=room,
            seconds=SECONDS,
            aspect_ratio=aspect_ratio,
            native_audio=True,
            motion=motion,
        )
        begun = _processor_s()
        if before is not None:
            out = folder / f"{number:02}-on.mp4"
            ENGINE.transition(
                before[0],
                photo,
                out,
                leaving=before[1],
                arriving=shot,
                milliseconds=BETWEEN_MS,
                control=Job(),
            )
            took, begun = _processor_s() - begun, _processor_s()
            yield Part(path=out, name="", seconds=BETWEEN_MS / 1000, processor_s=took)
        out = folder / f"{number:02}.mp4"
        ENGINE.clip(photo, out, shot=shot, control=Job())
        took = _processor_s() - begun
        yield Part(path=out, name=room, seconds=SECONDS, processor_s=took)
        before = photo, shot


def _processor_s() -> float:
    who = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, who))
