"""What affiliates earn, as they and system admins see it; what is held, released, rejected."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import Connection

from affiliate.correcting import correct
from affiliate.domain import earning, oslo
from affiliate.domain.earning_messages import Hold, Reject, ReleaseHold
from affiliate.domain.earning_states import Earning, invoice_of, word
from affiliate.domain.relationship import rate_at
from affiliate.projections import earning_rows, paid_invoices, relationships
from chassis.asked import Page
from chassis.door.edge import Door
from chassis.personal import keep
from chassis.unit.calls import Call, Decided
from chassis.unit.deciding import Unit, not_found
from contracts.affiliate.earnings import (
    AffiliateEarning,
    AffiliateStats,
    EarningState,
    ExplainEarning,
    Explanation,
    HoldEarning,
    ListEarnings,
    PayoutEntry,
    RejectEarning,
    ReleaseEarning,
    Simulate,
    Simulated,
    Simulation,
    Stats,
)


def hold(unit: Unit, asked: HoldEarning) -> EarningState:
    """Let an earning be in no payout until it is released; the reason is kept."""
    before: Earning | None = unit.state(earning.decider, asked.earning_id)
    decided = unit.decide(earning.decider, asked.earning_id, Hold())
    return _with_reason(unit, before, decided, asked.reason)


def release(unit: Unit, asked: ReleaseEarning) -> EarningState:
    """Let an earning be paid out after all: one that was rejected is what its invoice earns."""
    _, decided = _in_its_invoice(unit, asked.earning_id, ReleaseHold)
    return _state(unit, decided)


def reject(unit: Unit, asked: RejectEarning) -> EarningState:
    """Let an earning that is on hold be worth nothing; the reason is kept."""
    before, decided = _in_its_invoice(unit, asked.earning_id, Reject)
    return _with_reason(unit, before, decided, asked.reason)


def _in_its_invoice(
    unit: Unit, id: UUID, command: Callable[..., ReleaseHold | Reject]
) -> tuple[Earning, Decided]:
    before: Earning | None = unit.state(earning.decider, id)
    if before is None:
        raise not_found(unit.app.service.name, earning.decider)
    decided = correct(unit, invoice_of(before), command, id)
    if decided is None:
        raise AssertionError(f"{id} is no entry of its invoice")
    return before, decided


def _with_reason(unit: Unit, before: Earning | None, decided: Decided, reason: str) -> EarningState:
    if decided.state != before:  # a repeat does not give another reason
        unit.execute(keep(decided.id, decided.state.workspace_id, {"reason": reason}))
    return _state(unit, decided)


def _state(unit: Unit, decided: Decided) -> EarningState:
    state = word(decided.state, oslo.day(unit.call.at))
    return EarningState(id=decided.id, version=decided.version, state=state)


def listed(db: Connection, door: Door, call: Call, asked: ListEarnings) -> Page[AffiliateEarning]:
    """Return a page of earnings, newest first: of one affiliate, or to a system admin of all."""
    wanted = {
        "affiliate_workspace_id": asked.affiliate_workspace_id,
        "status": asked.status,
        "state": asked.state,
        "month": asked.month,
    }
    return earning_rows.listed(db, call, wanted, asked).of(AffiliateEarning)


def explain(db: Connection, door: Door, call: Call, asked: ExplainEarning) -> Explanation:
    """Say what an invoice earns and why; an owner is told of their own workspace's alone."""
    row = paid_invoices.found(db, asked.invoice_id)
    if row is None:
        return Explanation(outcome="unknown")
    whose = row["affiliate_workspace_id"]
    if not call.actor.is_system_admin and (whose is None or UUID(whose) != call.actor.workspace_id):
        return Explanation(outcome="unknown")
    if whose is None:
        return Explanation(outcome="no_relationship")
    relationship_id = UUID(row["relationship_id"])
    rates = relationships.rates(db, relationship_id)
    entries = earning_rows.of_invoice(db, asked.invoice_id, oslo.day(call.at))
    return Explanation(
        outcome="skipped" if row["skipped"] else "earned",
        reason=row["skipped"],
        relationship_id=relationship_id,
        percent=row["percent"],
        percent_since=rate_at(rates, row["paid_at"]).valid_from,
        base_ore=row["net_ore"] - row["credited_net_ore"] if row["settled"] else 0,
        entries=tuple(PayoutEntry(**each) for each in entries),
    )


def simulate(db: Connection, door: Door, call: Call, asked: Simulate) -> Simulation:
    """Say what invoices first paid on these days had earned at another percentage."""
    days = (asked.date_from, asked.date_to)
    found = paid_invoices.simulated(
        db, asked.commission_percent, days, asked.affiliate_workspace_id
    )
    items = tuple(Simulated(**each) for each in found)
    return Simulation(
        items=items,
        real_ore=sum(each.real_ore for each in items),
        simulated_ore=sum(each.simulated_ore for each in items),
    )


def stats(db: Connection, door: Door, call: Call, asked: AffiliateStats) -> Stats:
    """Return what waits and what was paid out, in all."""
    active = relationships.active_count(db)
    return Stats(**earning_rows.totals(db), active_affiliates_count=active)
