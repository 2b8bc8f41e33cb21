"""The camera: how it moves over a photograph."""

import itertools

import numpy as np

from video.gateways.camera import LATERAL_TRACK, MOVES, between, framing


def test_no_move_ever_leaves_the_picture() -> None:
    reaches = [
        (1.0, 1.0),
        (1.0, 1.19),
        (1.0, 1.5),
        (1.0, 2.67),
        (1.19, 1.0),
        (2.67, 1.0),
        (3.0, 1.0),
    ]
    for move, reach in itertools.product([*MOVES.values(), LATERAL_TRACK], reaches):
        views = framing(move, reach)
        for at in np.linspace(0, 1, 25):
            view = between(views, float(at))
            half = 0.5 / view.zoom - 1e-9
            assert half <= view.x <= reach[0] - half
            assert half <= view.y <= reach[1] - half
