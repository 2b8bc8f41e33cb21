"""Where the camera looks: a move per room type, and the views it passes through.

A view is what the camera sees of the picture. Lengths are in frames of the film: at zoom 1 the
picture just covers the frame, so one side of the picture is 1 long and the other, its spare side,
is `reach` long. A tall photograph in a wide film has much to spare: moves run along that side.
"""

from collections.abc import Iterator
from dataclasses import replace

from chassis.domain import value
from video.gateways.engine import FPS

WIDEST, TIGHTEST = 1.06, 1.3  # zooms; what the widest spares is where a transition sets out from
TALL = 1.4  # frames of the film, from which on a picture is a tall one


@value
class Move:
    """Zooms at both ends, how far the view travels, and which way (1 is right or down)."""

    zooms: tuple[float, float]
    travel: float
    way: int


@value
class View:
    """The centre, in frames of the film from the picture's upper left corner, and the zoom."""

    x: float
    y: float
    zoom: float


DOLLY_IN = Move(zooms=(WIDEST, 1.24), travel=0.3, way=-1)
PUSH_FORWARD = Move(zooms=(WIDEST, TIGHTEST), travel=0.2, way=1)
PULL_BACK = Move(zooms=(TIGHTEST, WIDEST), travel=0.4, way=-1)
SLOW_PAN = Move(zooms=(WIDEST, WIDEST), travel=0.6, way=1)
WIDE_SWEEP = Move(zooms=(WIDEST, WIDEST), travel=0.9, way=1)
LATERAL_TRACK = Move(zooms=(WIDEST, WIDEST), travel=0.5, way=-1)  # also where no move is named
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


def framing(move: Move, reach: tuple[float, float]) -> tuple[View, View]:
    """Return the views in which a move begins and ends, for a picture with that `reach`."""
    zooms = move.zooms
    sideways = zooms[0] == zooms[1]
    # A move sideways only turns into a rise or a descent where the picture is really tall.
    along = 1 if reach[1] > (TALL if sideways else reach[0]) else 0
    if sideways:  # near enough to have somewhere to go
        zooms = (min(TIGHTEST, max(WIDEST, (1 + move.travel) / reach[along])),) * 2
    travel = min(move.travel / min(zooms), reach[along] - 1 / min(zooms))
    views = []
    for zoom, side in zip(zooms, (-move.way, move.way), strict=True):
        # Furniture stands below the middle of a tall picture, so the view keeps a little low.
        centre = [reach[0] / 2, reach[1] * (0.55 if reach[1] > TALL else 0.5)]
        centre[along] += side * travel / 2
        views.append(inside(View(x=centre[0], y=centre[1], zoom=zoom), reach))
    return views[0], views[1]


def inside(view: View, reach: tuple[float, float]) -> View:
    """Return the nearest view that shows nothing beside the picture."""
    margin = 0.5 / view.zoom
    x = min(max(view.x, margin), reach[0] - margin)
    y = min(max(view.y, margin), reach[1] - margin)
    return replace(view, x=x, y=y)


def between(views: tuple[View, View], at: float) -> View:
    """Return the view at `at` (0 to 1) of the way; equal steps zoom by equal factors."""
    a, b = views
    zoom = a.zoom * (b.zoom / a.zoom) ** at
    return View(x=a.x + (b.x - a.x) * at, y=a.y + (b.y - a.y) * at, zoom=zoom)


def eased(seconds: int) -> Iterator[float]:
    """Yield how far the camera is (0 to 1) at each frame: it sets off gently, glides, settles."""
    ramp, last = 0.25, seconds * FPS - 1
    for index in range(last + 1):
        time = min(index, last - index) / last  # the second half mirrors the first
        x = min(time / ramp, 1.0)
        gone = (ramp * (x**3 - x**4 / 2) + max(time - ramp, 0.0)) / (1 - ramp)
        yield gone if index * 2 <= last else 1 - gone
