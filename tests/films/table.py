"""What films must reach, and what one of eight photographs reaches."""

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image

from chassis.domain import value
from films.figures import Floats, Grey, frames, jitter, join_db, shake, speeds, steps_back, track
from films.made import Part, size
from integration.stages.small_films import FRAME_MS, make_clip, make_transition, seen
from video.gateways.engine import FPS

SQUARE = "1:1"


@value
class Row:
    """A figure: its name, what is measured, what was promised, what was found."""

    name: str
    what: str
    promised: str
    found: str
    reached: bool


def rows(parts: Sequence[Part], aspect_ratio: str, folder: Path) -> Iterator[Row]:
    """Yield the figures of a film and, below `folder`, of what shows them best."""
    yield _speed(pace(parts, aspect_ratio))
    yield from _steadiness(folder)
    yield _both_seen(folder)
    yield _joins(parts, aspect_ratio)
    clips = [part for part in parts if part.name]
    took = sum(part.processor_s for part in clips) / sum(part.seconds for part in clips)
    yield Row(
        name="work",
        what="processor time of a clip's second",
        promised="–",
        found=f"{took:.2f} s",
        reached=True,
    )


def pace(parts: Sequence[Part], aspect_ratio: str) -> Floats:
    """Return how far what is seen moves in each frame (px), over all pieces."""
    return np.concatenate([speeds(part.path, size(aspect_ratio)) for part in parts])


def _speed(found: Floats) -> Row:
    inner = found[FPS:-FPS]
    share = float(inner.min() / inner.mean())
    return Row(
        name="F1",
        what="slowest frame beside the mean speed",
        promised=">= 40 %",
        found=f"{share:.0%} of {inner.mean():.2f} px",
        reached=share >= 0.4,
    )


def _steadiness(folder: Path) -> Iterator[Row]:
    down, across = np.mgrid[:1500, :1500]
    lit = np.clip(60.5 - np.hypot(across - 800, down - 780), 0, 1)
    disc = folder / "disc.png"
    Image.fromarray(np.rint(64 + 170 * lit).astype(np.uint8)).convert("RGB").save(disc)
    make_clip(disc, folder / "disc.mp4", seconds=5)
    make_transition(disc, disc, folder / "on.mp4", ("kitchen", "kitchen"), 1200, seconds=5)
    shown = [*frames(folder / "disc.mp4", size(SQUARE))]
    shown += [*frames(folder / "on.mp4", size(SQUARE))][:5]  # before it dissolves
    path = track(shown)
    trembling = jitter(path)
    rms, worst = float(np.sqrt(np.mean(trembling**2))), float(trembling.max())
    yield Row(
        name="F2",
        what="trembling of a disc, rms and worst",
        promised="<= 0.05, 0.3 px",
        found=f"{rms:.3f}, {worst:.3f}",
        reached=rms <= 0.05 and worst <= 0.3,
    )
    yield Row(
        name="shake",
        what="mean change of its velocity; steps back",
        promised="< 0.05 px, 0",
        found=f"{shake(path):.3f}, {steps_back(path)}",
        reached=shake(path) < 0.05 and steps_back(path) == 0,
    )


def _both_seen(folder: Path) -> Row:
    sides = folder / "black.png", folder / "white.png"
    for side in sides:
        Image.new("RGB", size(SQUARE), side.stem).save(side)
    rooms = ("kitchen", "kitchen")
    make_transition(sides[0], sides[1], folder / "both.mp4", rooms, 1200)
    light = seen(folder / "both.mp4").mean((1, 2))
    both = int(((light > light[0] + 1) & (light < light[-1] - 1)).sum()) * FRAME_MS
    return Row(
        name="F3",
        what="both pictures seen at once",
        promised="<= 800 ms",
        found=f"{both} ms",
        reached=both <= 800,
    )


def _joins(parts: Sequence[Part], aspect_ratio: str) -> Row:
    ends = [_ends(part.path, size(aspect_ratio)) for part in parts]
    found = [join_db(before[1], after[0]) for before, after in pairwise(ends)]
    return Row(
        name="F6",
        what="last to first frame at the worst join; median",
        promised=">= 45 dB",
        found=f"{min(found):.1f}; {np.median(found):.1f}",
        reached=min(found) >= 45,
    )


def _ends(piece: Path, of: tuple[int, int]) -> tuple[Grey, Grey]:
    shown = frames(piece, of)
    return next(shown), deque(shown, maxlen=1)[0]
