"""What a workspace has paid too much, or got back, and not used yet."""

from sqlalchemy import Connection

from billing.acts.prices import own_workspace, shown_workspace
from billing.projections import credit, credit_entries
from chassis.door.edge import Door
from chassis.unit.calls import Call
from contracts.billing.payments import Credit, CreditEntry, GetCredit


def shown(db: Connection, door: Door, call: Call, asked: GetCredit) -> Credit:
    """Return a workspace's credit, by default the caller's."""
    workspace_id = shown_workspace(call, asked.workspace_id) or own_workspace(call)
    entries = credit_entries.latest(db, workspace_id)
    return Credit(
        workspace_id=workspace_id,
        balance_ore=credit.balance_ore(db, workspace_id),
        entries=tuple(CreditEntry(**each) for each in entries),
    )
