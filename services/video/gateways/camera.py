"""Where the camera is at any time: a course over the picture for each kind of move.

A course has no ends. A clip is what is seen on it from 0 s to the clip's length; what is seen
before and after belongs to transitions, so the camera passes through a join at its speed, and a
clip need not know its neighbours. On each course lies a widest view, passed slowly enough to look
at it for a second.

A view is what the camera sees of the picture. Lengths are in frames of the film: at zoom 1 the
picture just covers the frame, so one side of the picture is 1 long and the other, its spare side,
is `reach` long. Of a picture that would show less than `SHOWN` of itself so, the whole is shown
first, over a blur of itself: the two together are a picture that has the film's own shape.
"""

import math
from dataclasses import replace

from chassis.domain import value
from video.gateways.engine import Shot

SHOWN = 0.6  # of a picture's area
TALL = 1.4  # frames of the film, from which on a picture is a tall one
BESIDE = 1.25  # a picture over its blur: sides of the two together, the picture's being 1
PACES = {"calm": 1.0, "normal": 1.5}
ACROSS = 0.0148  # frames a second: what takes 1 s to cross the 2.5 % that the widest view may lack
IN = 0.034  # a second, of the logarithm of the zoom
OUT_OF_BLUR, FASTER = 0.046, 0.022  # the same, of a picture over its blur; and what is added later
LESS_ACROSS = 0.55  # of its speed across that a camera loses which gets nearer
ROUND = 0.006  # frames: how gently it begins to keep inside the picture
ROUND_S = 0.2


@value
class Move:
    """A kind of move: `way` is 1 to the right or down; `push` is how strongly it gets nearer.

    `haste` is how many times faster than its pace it may go across a picture that is wide enough.
    """

    way: int
    push: float = 0.0
    backwards: bool = False
    haste: float = 2.0


@value
class View:
    """The centre, in frames of the film from the picture's upper left corner, and the zoom."""

    x: float
    y: float
    zoom: float


DOLLY_IN = Move(way=-1, push=1.0)
PUSH_FORWARD = Move(way=1, push=1.15)
PULL_BACK = Move(way=-1, push=1.0, backwards=True)
SLOW_PAN = Move(way=1)
WIDE_SWEEP = Move(way=1, haste=2.4)
LATERAL_TRACK = Move(way=-1)  # also where no move is named
MOVES = {
    "exterior": DOLLY_IN,
    **dict.fromkeys(("hallway", "bathroom"), PUSH_FORWARD),
    "dining-room": PULL_BACK,
    **dict.fromkeys(("living-room", "tv-room", "toilet", "laundry-room", "gym"), SLOW_PAN),
    **dict.fromkeys(("pantry", "utility-room", "conservatory", "terrace"), SLOW_PAN),
    **dict.fromkeys(("pool-area", "garden", "landscape"), WIDE_SWEEP),
}


def move_for(room_type: str) -> Move:
    """Return the move for a room; rooms without one of their own get the lateral track."""
    return MOVES.get(room_type, LATERAL_TRACK)


def boxed(reach: tuple[float, float]) -> bool:
    """Tell whether a picture with that reach is shown over its blur."""
    return 1 / (reach[0] * reach[1]) < SHOWN


@value
class Course:
    """The way of the camera over one picture; `move` and `pace` say how, `seconds` how long."""

    move: Move
    pace: float
    seconds: int
    reach: tuple[float, float]

    def view(self, at: float) -> View:
        """Return what is seen `at` seconds after the clip's begin (before it: less than 0)."""
        time = at - self.widest_at
        time = -time if self.move.backwards else time
        return self._over_blur(time) if boxed(self.reach) else self._covering(time)

    @property
    def widest_at(self) -> float:
        """When the middle of the widest view is seen, in seconds."""
        early = min(0.8 if boxed(self.reach) else 0.55, self.seconds / 2)
        if self.move.push or boxed(self.reach):
            return self.seconds - early if self.move.backwards else early
        return self.seconds / 2

    def _covering(self, time: float) -> View:
        along = 1 if self.reach[1] > TALL and not self.move.push else 0
        spare = self.reach[along] - 1
        through = spare / (self.seconds + 2) / max(PACES.values())
        speed = self.pace * min(self.move.haste * ACROSS, max(ACROSS, through))
        gone, zoom = speed * time, 1.0
        if self.move.push:
            gone -= LESS_ACROSS * speed * _ramp(time - 0.4, 0.4)
            nearer = _ramp(time - 0.6, 0.2) * min(1, 5 / self.seconds)
            zoom = math.exp(self.move.push * IN * self.pace * nearer)
        beyond = 2 * math.hypot(gone, speed * ROUND_S) - spare
        zoom /= 1 - _ramp(beyond, ROUND)
        centre = [self.reach[0] / 2, self.reach[1] / 2]
        if self.reach[1] > TALL and not along:
            centre[1] *= 1.1  # furniture stands below the middle of a tall picture
        centre[along] += self.move.way * gone
        return View(x=centre[0], y=centre[1], zoom=zoom)

    def _over_blur(self, time: float) -> View:
        time -= 0.78  # from then on the picture is larger than the frame
        faster = FASTER * _ramp(time, 0.4) * min(1, 5 / self.seconds)
        nearer = self.pace * (OUT_OF_BLUR * time + faster)
        aside = self.move.way * 0.15 * _ramp(nearer - 0.1, 0.1)
        return View(x=0.5 + aside / BESIDE, y=0.5, zoom=BESIDE * math.exp(nearer - 0.015))


def course_of(shot: Shot, reach: tuple[float, float]) -> Course:
    """Return the course of a shot over a picture with that reach."""
    move = move_for(shot.room_type)
    if shot.mirrored:
        move = replace(move, way=-move.way)
    return Course(move=move, pace=PACES[shot.motion], seconds=shot.seconds, reach=reach)


def _ramp(x: float, soft: float) -> float:
    """Return about 0 for x below 0 and about x above it, going over within `soft` of 0."""
    return (x + math.hypot(x, soft)) / 2
