"""What an affiliate is owed today, and what changed it month by month; is it what billing says."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from affiliate import reconciling
from affiliate.domain import customer, oslo
from affiliate.domain.customer_states import Customer
from affiliate.domain.statement import first_day
from affiliate.projections import balances, statements
from affiliate.projections.statements import Frozen
from chassis.door.edge import Door
from chassis.errors import Invalid
from chassis.unit import store
from chassis.unit.calls import Call
from chassis.unit.pages import scope
from contracts.affiliate.payouts import FileLink
from contracts.affiliate.statements import (
    AffiliateBalance,
    GetBalance,
    GetStatement,
    Reconcile,
    Reconciliation,
    Statement,
    StatementEntry,
)
from gateways.port import key_of


def balance(db: Connection, door: Door, call: Call, asked: GetBalance) -> AffiliateBalance:
    """Return what an affiliate is owed today; nothing is available to one that is suspended."""
    id = _whose(call, asked.affiliate_workspace_id)
    owed = balances.now(db, id, oslo.day(call.at))
    known: Customer | None = store.found(db, door.app.codec, customer.decider, id).state
    if known is not None and not known.may_be_paid:
        stopped = owed["held_ore"] + owed["available_ore"] + owed["on_hold_ore"]
        owed |= {"held_ore": 0, "available_ore": 0, "on_hold_ore": stopped}
    return AffiliateBalance(**owed)


def statement(db: Connection, door: Door, call: Call, asked: GetStatement) -> Statement:
    """Return a month's statement: as it was issued, else as it stands now."""
    id, month = _whose(call, asked.affiliate_workspace_id), first_day(asked.month)
    frozen = statements.frozen(db, id, asked.month)
    figures = frozen.figures if frozen else balances.figures(db, id, month)
    changes = balances.changes(db, id, month)
    return Statement(
        affiliate_workspace_id=id,
        month=asked.month,
        opening_ore=figures.opening_ore,
        earned_ore=figures.earned_ore,
        reduced_ore=figures.reduced_ore,
        clawed_back_ore=figures.clawed_back_ore,
        paid_out_ore=figures.paid_out_ore,
        closing_ore=figures.closing_ore,
        frozen=frozen is not None,
        entries=tuple(_entry(**each) for each in changes),
        csv=_link(door, asked.month, frozen) if frozen else None,
    )


def _whose(call: Call, wanted: UUID | None) -> UUID:
    id = scope(call.actor, wanted, "affiliate.customer_not_found")
    if id is None:
        fields = {"affiliate_workspace_id": ["A system admin names one."]}
        raise Invalid("chassis.invalid_argument", details={"fields": fields})
    return id


def _entry(seq: int, **change: Any) -> StatementEntry:
    return StatementEntry(**change)


def _link(door: Door, month: str, frozen: Frozen) -> FileLink:
    key, name = key_of(frozen.ref), f"statement_{month}.csv"
    link = door.tools.blobs.link(key, "text/csv; charset=utf-8", file_name=name)
    return FileLink(
        url=link.url, expires_at=link.expires_at, sha256=frozen.sha256, size=frozen.size
    )


def reconcile(door: Door, call: Call, asked: Reconcile) -> Reconciliation:
    """Compare with billing what was first paid on some days."""
    if asked.date_from > asked.date_to:
        fields = {"date_from": ["Later than date_to."]}
        raise Invalid("chassis.invalid_argument", details={"fields": fields})
    return reconciling.compared(
        door.app, door.tools.peers("billing"), asked.date_from, asked.date_to
    )
