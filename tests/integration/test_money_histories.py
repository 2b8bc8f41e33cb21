"""Random histories of money through billing's own methods: whatever happens, the money is right.

`make faults MONEY=10000` lets more of them happen.
"""

from pathlib import Path

from integration.stages.money_histories import happen
from integration.stages.money_history import WAYS
from servers.postgres import Server

FIRST, COUNT = 1, 200


def test_whatever_happens_the_money_is_right(postgres_server: Server, tmp_path: Path) -> None:
    print(f"seeds {FIRST} to {FIRST + COUNT - 1}")
    did = happen(postgres_server, tmp_path, range(FIRST, FIRST + COUNT))
    assert {way.__name__ for way, _ in WAYS} - did.keys() == set()
