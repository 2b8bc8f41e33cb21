"""How light each lightness becomes, whatever the photograph."""

import numpy as np

from media.gateways.grade import GRADES
from media.gateways.tone import tone


def test_black_stays_black_and_nothing_is_without_a_lightness() -> None:
    for middle in range(20, 250, 10):
        for bright in range(middle, 256, 10):
            picture = np.repeat(np.array([[middle // 2, middle, bright]], np.uint8), 50, axis=0)
            found = tone(picture, GRADES["modern"])
            assert np.isfinite(found.light).all()
            assert (found.light[0], found.exposed[0]) == (0, 0)
            assert (np.diff(found.light) >= -1e-9).all()
