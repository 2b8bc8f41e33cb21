"""The files of payouts: settlement notes for affiliates, and a CSV for the bank."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection

from affiliate.domain import payout
from affiliate.domain.payout_states import Approved, Payout
from affiliate.gateways import bank_csv
from affiliate.gateways.bank_csv import Transfer
from affiliate.projections import earning_rows, payout_rows
from chassis import ids
from chassis.door.edge import Door
from chassis.errors import Invalid, NotFound, Rejected
from chassis.unit import store
from chassis.unit.calls import Call
from contracts.affiliate.payouts import ExportPayouts, FileLink, SettlementNote
from gateways.port import key_of


def note(db: Connection, door: Door, call: Call, asked: SettlementNote) -> FileLink:
    """Return a link to a payout's note.

    Raises `Rejected("affiliate.note_not_ready")`, worth a repeat, before there is one.
    """
    stored = payout_rows.note(db, asked.payout_id, call.actor)
    if stored is None:
        raise Rejected("affiliate.note_not_ready", "there is no note yet", retryable=True)
    found = door.tools.blobs.link(key_of(stored.ref), "application/pdf")
    return FileLink(
        url=found.url, expires_at=found.expires_at, sha256=stored.sha256, size=stored.size
    )


def export(door: Door, call: Call, asked: ExportPayouts) -> FileLink:
    """Write payouts into a CSV for the bank, and return a link to it.

    Raises `Rejected` before anything is written: `affiliate.payout_not_approved` for one that is
    not, or was called off or sent; `affiliate.sum_differs` for one that is not the sum of its
    entries; `affiliate.no_details` where it is not known any more to whom it goes.
    """
    if len(set(asked.payout_ids)) < len(asked.payout_ids):
        fields = {"payout_ids": ["Names one twice."]}
        raise Invalid("chassis.invalid_argument", details={"fields": fields})
    transfers = door.app.query(lambda db: _transfers(db, door, asked.payout_ids))
    name = ids.derive(asked.payout_ids[0], "export", *asked.payout_ids)
    blob = door.tools.blobs.put(f"exports/{name}.csv", bank_csv.written(transfers))
    link = door.tools.blobs.link(blob.key, "text/csv; charset=utf-8", file_name="payouts.csv")
    return FileLink(url=link.url, expires_at=link.expires_at, sha256=blob.sha256, size=blob.size)


def _transfers(db: Connection, door: Door, payout_ids: Sequence[UUID]) -> list[Transfer]:
    streams = [store.Stream(decider=payout.decider, id=each) for each in payout_ids]
    store.read(db, door.app.codec, streams)
    sums = earning_rows.sums_of_payouts(db, payout_ids)
    return [_transfer(db, each.id, each.state, sums.get(each.id, 0)) for each in streams]


def _transfer(db: Connection, id: UUID, stands: Payout | None, sum_ore: int) -> Transfer:
    if stands is None:
        raise NotFound("affiliate.payout_not_found", "no such payout")
    if not isinstance(stands, Approved):
        raise Rejected("affiliate.payout_not_approved", f"{id} is not to be paid")
    if sum_ore != stands.contents.amount_ore:
        raise Rejected("affiliate.sum_differs", f"{id} is not the sum of its entries")
    row, payee = payout_rows.get(db, id), payout_rows.named_payee(db, id)
    if not (payee["legal_name"] and payee["account"]):
        raise Rejected("affiliate.no_details", f"nobody knows any more to whom {id} goes")
    return Transfer(
        payout_id=id,
        name=payee["legal_name"],
        account=payee["account"],
        net_ore=stands.contents.amount_ore,
        vat_ore=stands.contents.vat_ore,
        cutoff=row["cutoff"],
    )
