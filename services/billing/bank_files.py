"""A bank's file of transfers, as an operator takes it in: never over RPC."""

from billing import kept
from billing.acts import transfer_imports
from billing.gateways import ocr
from chassis import ids
from chassis.domain import value
from chassis.identity import service_actor
from chassis.unit.calls import Call
from chassis.unit.handling import App
from contracts.billing.transfers import Transfer, TransferTaken

TAKEN_IN = "bank file taken in"  # what is written into `audit`


@value
class Delivered:
    """A file that somebody brings; `account` is the one of ours that it must be of."""

    content: bytes
    sha256: str
    account: str  # eleven digits
    who: str


def take_in(app: App, file: Delivered) -> tuple[TransferTaken, ...]:
    """Take in an OCR file's transfers and say what became of each; read again it changes nothing.

    Raises `Rejected("billing.file_refused")` for one that is not whole, before anything is written.
    """
    incoming = ocr.read(file.content, file.account)
    transfers = [
        Transfer(
            external_id=each.external_id,
            paid_on=each.paid_on,
            amount_ore=each.amount_ore,
            kid=each.kid,
            text=each.text,
        )
        for each in incoming
    ]
    call = Call(
        id=ids.fresh(),
        at=app.clock(),
        actor=service_actor("operator"),
        correlation_id=str(ids.fresh()),
    )
    details = {"sha256": file.sha256, "transfers": len(transfers), "call": str(call.id)}
    audit = {"who": file.who, "did": TAKEN_IN, "details": details}
    app.attempt(call, lambda unit: unit.execute(kept.AUDIT, **audit))
    return transfer_imports.taken(app, call, transfers)
