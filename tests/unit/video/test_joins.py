"""Where the sound of joined pieces goes, when its packets are copied."""

import re
from collections.abc import Sequence

import pytest

from video.gateways.mixing import PACKET, copied

RATE = 48_000


def placed(parts_ms: Sequence[int]) -> list[tuple[int, int]]:
    """Return where each packet that stays ought to begin, and where it does, in samples."""
    arguments = copied(parts_ms)[-1]
    left_out = {int(at) for at in re.findall(r"eq\(pts,(\d+)\)", arguments)}
    assert "1024*floor((TS+512)/1024)" in arguments
    begin, stay = 0, []
    for length_ms in parts_ms:
        samples = length_ms * RATE // 1000
        stay += [at for at in range(begin, begin + samples, PACKET) if at not in left_out]
        begin += samples
    return [(at, (at + PACKET // 2) // PACKET * PACKET) for at in stay]


@pytest.mark.parametrize(
    "parts_ms",
    [(40,), (5000, 1200) * 10, (40,) * 30, (1000, 1040, 1080, 3000), (640,) * 4, (10_000,) * 3],
    ids=str,
)
def test_packets_lie_side_by_side_and_near_their_place(parts_ms: tuple[int, ...]) -> None:
    found = placed(parts_ms)
    assert [place for _, place in found] == [PACKET * number for number in range(len(found))]
    assert all(abs(place - meant) <= PACKET // 2 for meant, place in found)
    end = sum(parts_ms) * RATE // 1000
    assert abs(found[-1][1] + PACKET - end) <= PACKET * 3 // 2
