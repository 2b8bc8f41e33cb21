"""The books of the suite: billing's and affiliate's as one, every account with its proof."""

from collections.abc import Mapping, Sequence
from typing import Any

from chassis.domain import value
from demo.main_job import KEEPERS, Outcome

INVOICED = {"bank": 250_000, "sales": -200_000, "vat_out": -50_000}  # debit positive
SOLD_BY_CARD = {"stripe": 100_000, "sales": -80_000, "vat_out": -20_000}  # after the refund
PAID_OUT = {"commission": 40_000, "bank": -40_000}
PROVEN_WITH = {"sales_exempt": "sales"}  # by one proof


@value
class Account:
    """One account; amounts are øre, debit positive."""

    number: int
    word: str
    by_service: Mapping[str, int]  # on it in the books of who keeps it
    expected_ore: int
    proven: bool  # by the tables of each

    @property
    def balance_ore(self) -> int:
        """What is on it in the suite."""
        return sum(self.by_service.values())

    @property
    def is_used(self) -> bool:
        """Whether anything is on it."""
        return any(self.by_service.values())

    @property
    def holds(self) -> bool:
        """Whether it is what the rules say, and proven."""
        return self.proven and self.balance_ore == self.expected_ore


def accounts(outcome: Outcome) -> list[Account]:
    """Return all accounts by number, with what the story puts on them by the rules."""
    ledgers = outcome.ledgers
    parts = (INVOICED, SOLD_BY_CARD if outcome.sale else {}, PAID_OUT)
    found: dict[tuple[int, str], dict[str, int]] = {}
    for service, ledger in ledgers.items():
        for row in ledger["balances"]:
            found.setdefault((row["number"], row["account"]), {})[service] = row["balance_ore"]
    return [
        Account(
            number=number,
            word=word,
            by_service=by_service,
            expected_ore=sum(part.get(word, 0) for part in parts),
            proven=all(_proven(ledgers[service], word) for service in by_service),
        )
        for (number, word), by_service in sorted(found.items())
    ]


def sums(found: Sequence[Account]) -> Mapping[str, int]:
    """Return what all accounts come to, by service: 0."""
    return {service: sum(each.by_service.get(service, 0) for each in found) for service in KEEPERS}


def _proven(ledger: Mapping[str, Any], word: str) -> bool:
    holds = {proof["name"]: proof["holds"] for proof in ledger["proofs"]}
    return bool(holds[PROVEN_WITH.get(word, word)])
