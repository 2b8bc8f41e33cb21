"""Many random histories of money in one database of billing, and what has to hold after them."""

import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import psycopg
from psycopg.rows import DictRow, dict_row

from integration.stages.billing_shop import Billing, billing_shop
from integration.stages.money_history import History
from integration.stages.money_holding import broken, changed_by_a_rebuild, printed
from servers.postgres import Server

EVERY = 5  # histories, between one look at all that is there and the next
BEAN_CHECK = Path(sys.executable).with_name("bean-check")
DEADLINE_S = 300.0


class Violated(AssertionError):
    """Something does not hold after some histories; says which, and what happened in each."""

    def __init__(self, histories: Iterable[History], found: object) -> None:
        """Name them."""
        logs = [
            f"seed {each.seed}:\n  " + "\n  ".join(str(line) for line in each.log)
            for each in histories
        ]
        super().__init__("\n".join([f"does not hold: {found}", *logs]))


def happen(server: Server, folder: Path, seeds: Sequence[int]) -> Counter[str]:
    """Let the histories of some seeds happen; return how often each kind of step was taken.

    Raises `Violated`.
    """
    with (
        billing_shop(server, folder) as shop,
        psycopg.connect(shop.owner_url, row_factory=dict_row, autocommit=True) as db,
    ):
        did: Counter[str] = Counter()
        for at in range(0, len(seeds), EVERY):
            histories = [_history(shop, db, seed) for seed in seeds[at : at + EVERY]]
            for each in histories:
                did += each.did
            if found := broken(shop, db):
                raise Violated(histories, found)
        if changed := changed_by_a_rebuild(shop):
            raise Violated([], f"after a rebuild other rows: {changed}")
        if said := bean_checked(printed(shop)):
            raise Violated([], said)
        return did


def _history(shop: Billing, db: "psycopg.Connection[DictRow]", seed: int) -> History:
    history = History(shop, db, seed)
    try:
        history.go()
    except Exception as error:
        raise Violated([history], repr(error)) from error
    return history


def bean_checked(books: str) -> str:
    """Return what bean-check says of books, in its own words; nothing if they are right."""
    with tempfile.NamedTemporaryFile("w", suffix=".beancount", encoding="utf-8") as file:
        file.write(books)
        file.flush()
        asked = subprocess.run(
            [BEAN_CHECK, "--no-cache", file.name],
            capture_output=True,
            text=True,
            timeout=DEADLINE_S,
        )
    said = asked.stdout + asked.stderr
    assert (asked.returncode == 0) == (said == ""), (asked.returncode, said)
    return said
