"""billing killed as money moves. `make faults MONEY=…` does so too, and lets histories happen."""

from pathlib import Path

import pytest

from faults.killed_money import killed
from faults.money import MOMENTS
from servers.postgres import Server

SEED = 14


@pytest.mark.long
def test_killed_at_random_moments_everything_is_done_once(
    postgres_server: Server, tmp_path: Path
) -> None:
    moves, wrong = killed(postgres_server, tmp_path, MOMENTS, SEED)
    print(f"seed {SEED}; killed at {moves}")
    assert (len(moves), wrong) == (MOMENTS, [])
