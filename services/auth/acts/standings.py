"""What system admins say of a workspace: its status, its plan, whether it may pay by invoice."""

from typing import Any
from uuid import UUID

from auth import kept
from auth.domain import workspace, workspace_messages
from chassis.asked import Written
from chassis.personal import keep
from chassis.unit.deciding import Unit
from contracts.auth.standings import SetInvoiceEligibility, SetWorkspacePlan, SetWorkspaceStatus


def set_status(unit: Unit, asked: SetWorkspaceStatus) -> Written:
    """Suspend a workspace, let it go on, or on trial; its people keep their access in any case.

    Raises `Rejected("auth.workspace_closed")`.
    """
    before = kept.recall_texts(unit.connection, asked.workspace_id).get("status_reason")
    unit.execute(keep(asked.workspace_id, asked.workspace_id, {"status_reason": asked.reason}))
    command = workspace_messages.SetStatus(
        status=asked.status, another_reason=asked.reason != before
    )
    return unit.decide(workspace.decider, asked.workspace_id, command).written


def set_plan(unit: Unit, asked: SetWorkspacePlan) -> Written:
    """Give a workspace another plan. Raises `Rejected("auth.workspace_closed")`."""
    command = workspace_messages.SetPlan(plan=asked.plan)
    return _set(unit, asked.workspace_id, command, {"plan_reason": asked.reason or ""})


def set_eligibility(unit: Unit, asked: SetInvoiceEligibility) -> Written:
    """Say whether a workspace may pay by invoice. Raises `Rejected` where details are missing."""
    command = workspace_messages.SetInvoiceEligibility(eligible=asked.eligible)
    return _set(unit, asked.workspace_id, command, {"eligibility_reason": asked.reason})


def _set(unit: Unit, workspace_id: UUID, command: Any, why: dict[str, str]) -> Written:
    """Decide on the command; why is kept, of what changes something."""
    before = unit.state(workspace.decider, workspace_id)
    decided = unit.decide(workspace.decider, workspace_id, command)
    if decided.state != before:
        unit.execute(keep(workspace_id, workspace_id, why))
    return decided.written
