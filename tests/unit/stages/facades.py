"""Houses under the sky, put together from a drawing and photographs of walls: the sky is known.

No photograph of a house: the walls and the noise are a camera's, the outlines are drawn.
"""

import cv2
import numpy as np

from gateways.pictures import Pixels
from unit.stages.known_holes import Mask, photograph

WIDTH, HEIGHT = 480, 360
WALLS = ("pexels-7303995", "pexels-6373478", "pexels-5853819")
SKIES = (  # above, at the horizon
    ((70, 120, 200), (170, 200, 230)),
    ((205, 212, 224), (225, 230, 238)),  # overcast
    ((110, 160, 215), (220, 228, 240)),
)
OUTLINES = (  # across and down, as shares, from the left edge to the right one
    ((0, 0.6), (0.2, 0.6), (0.2, 0.4), (0.5, 0.15), (0.8, 0.4), (0.8, 0.65), (1, 0.65)),
    ((0, 0.3), (0.45, 0.3), (0.45, 0.22), (0.5, 0.22), (0.5, 0.5), (0.75, 0.45), (1, 0.55)),
)
WINDOW = (slice(260, 300), slice(220, 260))


def facade(number: int) -> tuple[Pixels, Mask]:
    """Return a picture and where its sky is, for the numbers 0 to 5."""
    chance = np.random.default_rng(number)
    above, horizon = (np.array(each, np.float32) for each in SKIES[number % 3])
    heights = np.linspace(0, 1, HEIGHT, dtype=np.float32)[:, None, None]
    picture = np.tile(above + (horizon - above) * np.minimum(heights * 1.6, 1), (1, WIDTH, 1))
    picture += 6 * cv2.GaussianBlur(chance.normal(0, 40, (HEIGHT, WIDTH, 1)), (0, 0), 24)[..., None]
    outline = [*OUTLINES[number % 2], (1, 1), (0, 1)]
    house = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.fillPoly(house, [np.array([(x * WIDTH, y * HEIGHT) for x, y in outline], np.int32)], 1)
    for _ in range(150):  # a tree beside it
        leaf = chance.normal((0.93 * WIDTH, 0.62 * HEIGHT), (16, 26)).astype(int).tolist()
        cv2.circle(house, leaf, 4, 1, -1)
    walls = cv2.resize(photograph(WALLS[number % 3], 960)[200:560, 100:580], (WIDTH, HEIGHT)) * 0.55
    walls[WINDOW] = (60, 70, 85)
    soft = cv2.GaussianBlur(house.astype(np.float32), (0, 0), 0.7)[..., None]
    picture = picture * (1 - soft) + walls * soft + chance.normal(0, 2, picture.shape)
    return np.asarray(np.clip(picture, 0, 255), np.uint8), house == 0
