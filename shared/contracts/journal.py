"""The journal: double entry beside the money events. Amounts are øre, debit positive."""

from dataclasses import field
from datetime import date, datetime

from chassis.asked import Asked, Command
from chassis.domain import value


@value
class Balance:
    """What is on an account; `number` is that of the setting ACCOUNTS today."""

    account: str
    number: int
    balance_ore: int


@value
class Proof:
    """Whether the journal says what the tables say, and by how much it says more."""

    name: str
    holds: bool
    difference_ore: int


@value
class Ledger:
    """The books of one moment."""

    holds: bool
    balances: tuple[Balance, ...]
    proofs: tuple[Proof, ...]


@value
class VerifyLedger(Asked[Ledger]):
    """Return all balances, and whether each follows from the tables; for system admins."""


@value
class JournalExported:
    """A link to the entries of some days as CSV (`size` in bytes), for 15 minutes."""

    url: str = field(repr=False)
    expires_at: datetime
    sha256: str
    size: int
    vouchers: int
    frozen_until: date | None  # None: nothing was ever booked


@value
class ExportJournal(Command[JournalExported]):
    """Freeze all days up to `date_to`, and hand out those from `date_from` on; for system admins.

    Days are days in Oslo, over for an hour. What was handed out once is the same bytes ever after:
    no reply is stored, and a repeat gets a new link to them.
    """

    date_from: date
    date_to: date
    remembered = False
