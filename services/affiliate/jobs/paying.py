"""A payout, as its note and its mails say it: read from its stream, its entries, its payee."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from affiliate.domain import oslo, payout
from affiliate.domain.payout_states import Approved, Confirmed, Payout
from affiliate.gateways.mails import Paid
from affiliate.gateways.note import Line, Note, Payee, Payer
from affiliate.projections import earning_rows, payout_rows
from chassis.domain import value
from chassis.errors import Internal
from chassis.unit import store
from chassis.unit.handling import App


@value
class Paying:
    """Reads payouts; `demo` ones say that nothing is paid."""

    app: App
    payer: Payer
    demo: bool

    def state(self, payout_id: UUID) -> Approved | Confirmed | None:
        """Return a payout that is to be paid or was, else None: it was called off meanwhile."""
        codec = self.app.codec
        stands: Payout = self.app.query(
            lambda db: store.found(db, codec, payout.decider, payout_id)
        ).state
        return stands if isinstance(stands, Approved | Confirmed) else None

    def note(self, payout_id: UUID, stands: Approved | Confirmed) -> Note:
        """Return its settlement note. Raises `Internal` where its entries are not its sum."""
        row, named, entries = self.app.query(
            lambda db: (
                payout_rows.get(db, payout_id),
                payout_rows.named_payee(db, payout_id),
                earning_rows.of_payout(db, payout_id),
            )
        )
        lines = tuple(_line(each) for each in entries)
        if sum(each.amount_ore for each in lines) != stands.contents.amount_ore:
            raise Internal("affiliate.sum_differs", "its entries are not what was approved")
        return Note(
            payout_id=payout_id,
            approved_on=oslo.day(row["approved_at"]),
            period=(min(each.available_on for each in lines), row["cutoff"]),
            payer=self.payer,
            payee=_payee(row, named),
            lines=lines,
            net_ore=stands.contents.amount_ore,
            vat_ore=stands.contents.vat_ore,
            demo=self.demo,
        )

    def paid(self, payout_id: UUID, stands: Approved | Confirmed) -> Paid:
        """Return what a mail says of it."""
        named = self.app.query(lambda db: payout_rows.named_payee(db, payout_id))
        return Paid(
            payout_id=payout_id,
            legal_name=named["legal_name"] or "",
            payer=self.payer.name,
            net_ore=stands.contents.amount_ore,
            vat_ore=stands.contents.vat_ore,
            vat_registered=stands.contents.vat_registered,
        )

    def address(self, workspace_id: UUID) -> str | None:
        """Return where an affiliate's mails go: as its payout details say by now."""
        return self.app.query(lambda db: payout_rows.payee(db, workspace_id)).get("invoice_email")


def _line(row: Mapping[str, Any]) -> Line:
    return Line(
        invoice_number=row["invoice_number"],
        is_correction=row["corrects"] is not None,
        available_on=row["available_on"],
        base_ore=row["invoice_amount_ore"],
        percent=row["commission_percent"],
        amount_ore=row["earning_amount_ore"],
    )


def _payee(row: Mapping[str, Any], named: Mapping[str, Any]) -> Payee:
    return Payee(
        legal_name=named["legal_name"] or "",
        organization_number=row["organization_number"],
        vat_registered=row["vat_registered"],
        account=payout_rows.last_digits(named["account"]) or "",
    )
