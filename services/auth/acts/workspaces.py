"""What a workspace says of itself, and whether it may pay by invoice."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from auth import kept
from auth.domain import workspace
from auth.projections import workspaces
from chassis import codec
from chassis.asked import Written, given
from chassis.door.edge import Door
from chassis.errors import Forbidden
from chassis.personal import keep
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from contracts.auth.workspaces import (
    BillingAddress,
    BillingProfile,
    GetBillingProfile,
    GetWorkspace,
    SetInvoiceEligibility,
    UpdateWorkspace,
    Workspace,
)


def shown(db: Connection, door: Door, call: Call, asked: GetWorkspace) -> Workspace:
    """Return the caller's workspace."""
    row = workspaces.get(db, _own_workspace(call), call.actor)
    return Workspace(**{**row, "billing_address": _address(row)})


def billing_profile(
    db: Connection, door: Door, call: Call, asked: GetBillingProfile
) -> BillingProfile:
    """Return what a sales document says of its buyer."""
    row = workspaces.get(db, asked.workspace_id, call.actor)
    return BillingProfile(
        workspace_id=asked.workspace_id,
        legal_name=row["legal_name"],
        organization_number=row["organization_number"],
        billing_address=_address(row),
        invoice_email=row["invoice_email"],
        invoice_reference=row["invoice_reference"],
        invoice_eligible=row["invoice_eligible"],
    )


def _address(row: dict[str, Any]) -> BillingAddress | None:
    written = row["billing_address"]
    return BillingAddress(**json.loads(written)) if written else None


def update(unit: Unit, asked: UpdateWorkspace) -> Written:
    """Change the given details: events hold the number and the names of the rest.

    A text that is null is kept as '', which the projection shows as null.
    """
    workspace_id, fields = _own_workspace(unit.call), given(asked)
    texts = {field: _text(fields[field]) for field in fields if field != "organization_number"}
    state: workspace.Workspace | None = unit.state(workspace.decider, workspace_id)
    before = kept.recall_texts(unit.connection, workspace_id)
    new = {field: texts[field] for field in texts if texts[field] != before.get(field, "")}
    changed = set(new)
    number = state.organization_number if state else None
    if fields.get("organization_number", number) != number:
        changed.add("organization_number")
        number = fields["organization_number"]
    command = workspace.ChangeProfile(
        organization_number=number,
        has_legal_name=bool({**before, **texts}.get("legal_name")),
        changed=tuple(sorted(changed)),
    )
    if new and state is not None:  # what changed only: a rival's text is not written over unsaid
        unit.execute(keep(workspace_id, state.owner_user_id, new))
    return unit.decide(workspace.decider, workspace_id, command).written


def _text(given: str | BillingAddress | None) -> str:
    if isinstance(given, BillingAddress):
        return json.dumps(codec.dump(given))
    return given or ""


def set_eligibility(unit: Unit, asked: SetInvoiceEligibility) -> Written:
    """Say whether a workspace may pay by invoice; why is kept, of what changes something."""
    before: workspace.Workspace | None = unit.state(workspace.decider, asked.workspace_id)
    command = workspace.SetInvoiceEligibility(eligible=asked.eligible)
    decided = unit.decide(workspace.decider, asked.workspace_id, command)
    if decided.state != before:
        reason = {"eligibility_reason": asked.reason}
        unit.execute(keep(asked.workspace_id, decided.state.owner_user_id, reason))
    return decided.written


def _own_workspace(call: Call) -> UUID:
    if call.actor.workspace_id is None:
        raise Forbidden("auth.no_workspace", "a system admin has no workspace of their own")
    return call.actor.workspace_id
