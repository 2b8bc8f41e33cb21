"""Random histories of money through billing's own methods: whatever happens, the money is right.

`make faults MONEY=10000` lets more of them happen.
"""

from pathlib import Path

from integration.stages.money_cards import WAYS
from integration.stages.money_histories import happen
from servers.postgres import Server

FIRST, COUNT = 1, 100
DONE = {  # and not only refused
    *("pay", "checkout", "charge", "refund_payment", "by_hand", "settle_refund", "dispute"),
    *("move_dispute", "issue", "record", "bring", "credit", "refund", "write_off", "overpay"),
}


def test_whatever_happens_the_money_is_right(postgres_server: Server, tmp_path: Path) -> None:
    print(f"seeds {FIRST} to {FIRST + COUNT - 1}, and on until each way was tried")
    ways = {way.__name__ for way, _ in WAYS}
    did = happen(postgres_server, tmp_path, range(FIRST, FIRST + COUNT), wanted=ways)
    tried = {each.partition(":")[0] for each in did}
    assert ways - tried == set()
    assert did.keys() >= DONE
