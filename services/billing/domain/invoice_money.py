"""An invoice's arithmetic: what is paid, credited, written off, and what remains. Amounts are øre.

What it comes to is paid, credited or remains; what is written off is the part of the rest that
nobody waits for. VAT follows by cumulated share, so that the parts of a whole are the whole.
"""

from dataclasses import replace
from datetime import date

from billing.domain.amounts import NOTHING, Amounts
from chassis.domain import value
from chassis.money import share


@value
class PaidIn:
    """What it took of one payment."""

    source: str
    external_id: str
    amount_ore: int  # 0: reversed
    paid_on: date


@value
class Loss:
    """What was written off, and what came of it since."""

    amount_ore: int
    vat_ore: int  # relieved
    relieved: bool  # whether there was a ground for it: a loss of an øre has no VAT
    recovered_ore: int = 0
    recovered_vat_ore: int = 0

    @property
    def left_ore(self) -> int:
        """What is still written off."""
        return self.amount_ore - self.recovered_ore

    @property
    def vat_left_ore(self) -> int:
        """The VAT that is still relieved."""
        return self.vat_ore - self.recovered_vat_ore

    def vat_of_recovery(self, amount_ore: int) -> int:
        """Return the VAT that is owed again when that much comes; the last brings the rest."""
        return self._vat_at(self.recovered_ore + amount_ore) - self.recovered_vat_ore

    def vat_of_more(self, amount_ore: int, document: Amounts) -> int:
        """Return the VAT that is relieved again when that much is gone again.

        What had come of it is gone first; what is more than that was paid before the write-off,
        and the VAT of the whole is its share of what the document comes to.
        """
        more_ore = amount_ore - self.recovered_ore
        if more_ore <= 0:
            return self.recovered_vat_ore - self._vat_at(-more_ore)
        whole_ore = self.amount_ore + more_ore
        vat_ore = share(whole_ore, document.vat_ore, document.gross_ore) if self.relieved else 0
        return vat_ore - self.vat_left_ore

    def recovered(self, amount_ore: int, vat_ore: int) -> "Loss":
        """Return what is left when that much has come."""
        return replace(
            self,
            recovered_ore=self.recovered_ore + amount_ore,
            recovered_vat_ore=self.recovered_vat_ore + vat_ore,
        )

    def again(self, amount_ore: int, vat_ore: int) -> "Loss":
        """Return what is left when that much is gone again: what had come of it, then more."""
        left_ore, vat_left_ore = self.left_ore + amount_ore, self.vat_left_ore + vat_ore
        if left_ore > self.amount_ore:
            return replace(
                self,
                amount_ore=left_ore,
                vat_ore=vat_left_ore,
                recovered_ore=0,
                recovered_vat_ore=0,
            )
        return replace(
            self,
            recovered_ore=self.amount_ore - left_ore,
            recovered_vat_ore=self.vat_ore - vat_left_ore,
        )

    def _vat_at(self, recovered_ore: int) -> int:
        return recovered_ore * self.vat_ore // self.amount_ore


@value
class Money:
    """What came for a document, left it, was credited and written off."""

    total: Amounts
    payments: tuple[PaidIn, ...] = ()
    paid_ore: int = 0  # that stands on it: what left it as excess is not among it
    credited: Amounts = NOTHING
    loss: Loss | None = None
    settlements: int = 0

    @property
    def owed_ore(self) -> int:
        """What is neither paid nor credited."""
        return self.total.gross_ore - self.credited.gross_ore - self.paid_ore

    @property
    def written_off_ore(self) -> int:
        """What is owed, and nobody waits for."""
        return self.loss.left_ore if self.loss else 0

    @property
    def remaining_ore(self) -> int:
        """What is waited for; never below zero."""
        return self.owed_ore - self.written_off_ore

    @property
    def uncredited(self) -> Amounts:
        """What of the document stands."""
        return self.total - self.credited

    def of(self, source: str, external_id: str) -> PaidIn | None:
        """Return what it took of that payment, if it ever was one of its."""
        name = (source, external_id)
        return next((e for e in self.payments if (e.source, e.external_id) == name), None)

    def vat_of_loss(self) -> int:
        """Return the VAT in what remains, a share of what the document comes to."""
        stands = self.uncredited
        return share(self.remaining_ore, stands.vat_ore, stands.gross_ore)

    def with_payment(self, came: PaidIn) -> "Money":
        """Return it with a payment more, or more of one that it has."""
        known = self.of(came.source, came.external_id)
        others = tuple(each for each in self.payments if each is not known)
        amount_ore = came.amount_ore + (known.amount_ore if known else 0)
        payments = (*others, replace(came, amount_ore=amount_ore))
        return replace(self, payments=payments, paid_ore=self.paid_ore + came.amount_ore)

    def without_payment(self, source: str, external_id: str, amount_ore: int) -> "Money":
        """Return it without that payment, of which `amount_ore` stood on it."""
        gone = self.of(source, external_id)
        payments = tuple(
            replace(each, amount_ore=0) if each is gone else each for each in self.payments
        )
        return replace(self, payments=payments, paid_ore=self.paid_ore - amount_ore)
