"""Many random histories of money in one database of billing, and what has to hold after them."""

import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.rows import DictRow, dict_row

from billing.domain import oslo
from integration.stages.billing_shop import Billing, billing_shop
from integration.stages.card_wire import Wire
from integration.stages.money_cards import CardHistory
from integration.stages.money_dropped import told_of_a_dropped_event
from integration.stages.money_history import History
from integration.stages.money_holding import broken, changed_by_a_rebuild, differing, printed
from servers.postgres import Server
from stand_ins.stripe.stand_in import StandIn

EVERY = 5  # histories, between one comparison with Stripe and the next
STEPS = 5  # between one look at all that is there and the next
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


def happen(
    server: Server,
    folder: Path,
    seeds: Sequence[int],
    steps: int = STEPS,
    wanted: Collection[str] = (),
) -> Counter[str]:
    """Let the histories of some seeds happen; return how often each kind of step was taken.

    More follow, as many again at most, until each of the `wanted` kinds was tried. All that must
    hold is asked for after so many `steps`. Raises `Violated`.
    """
    with (
        StandIn() as stripe,
        billing_shop(server, folder, stripe) as shop,
        psycopg.connect(shop.owner_url, row_factory=dict_row, autocommit=True) as db,
    ):
        did: Counter[str] = Counter()
        wire, watch = Wire(shop), _Watch(shop, db, steps)
        for at in range(0, 2 * len(seeds), EVERY):
            if at >= len(seeds) and all(_tried(did, each) for each in wanted):
                break
            began = oslo.day(shop.now)
            more = range(seeds[0] + at, seeds[0] + at + EVERY)
            mine = seeds[at : at + EVERY] or more
            histories = [_history(shop, db, wire, watch, seed) for seed in mine]
            for each in histories:
                did += each.did
            if found := broken(shop, db) or differing(shop, began):
                raise Violated(histories, found)
        if changed := changed_by_a_rebuild(shop):
            raise Violated([], f"after a rebuild other rows: {changed}")
        if said := bean_checked(printed(shop)):
            raise Violated([], said)
        db.close()
        dropped, named = told_of_a_dropped_event(server, shop, seeds[0])
        if named != {dropped["name"]}:
            raise Violated([], f"without {dropped} Stripe differs in {named or 'nothing'}")
        return did


def _tried(did: Counter[str], way: str) -> bool:
    return any(each.partition(":")[0] == way for each in did)


@dataclass
class _Watch:
    """Asks whether all holds, after so many steps of whatever histories."""

    shop: Billing
    db: "psycopg.Connection[DictRow]"
    every: int
    taken: int = 0

    def __call__(self) -> None:
        self.taken += 1
        if self.taken % self.every == 0 and (found := broken(self.shop, self.db)):
            raise AssertionError(found)


def _history(
    shop: Billing, db: "psycopg.Connection[DictRow]", wire: Wire, watch: _Watch, seed: int
) -> History:
    history = CardHistory(shop, db, seed, wire) if seed % 2 else History(shop, db, seed)
    history.after_a_step = watch
    try:
        history.go()
        if isinstance(history, CardHistory):
            history.settle()
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
