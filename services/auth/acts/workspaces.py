"""What a workspace says of itself: its details, and that its first questions are answered."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from auth import kept, logos
from auth.acts.accounts import change_texts
from auth.domain import workspace, workspace_messages
from auth.domain.workspace_states import Workspace as Open
from auth.projections import workspaces
from chassis import codec
from chassis.asked import Written, given
from chassis.door.edge import Door
from chassis.errors import Forbidden
from chassis.personal import keep
from chassis.unit.calls import Call, Decided
from chassis.unit.deciding import Unit, not_found
from contracts.auth.workspaces import (
    BillingAddress,
    BillingProfile,
    CompleteOnboarding,
    GetBillingProfile,
    GetWorkspace,
    LogoLink,
    UpdateWorkspace,
    Workspace,
)


def reached(by: Unit | Call, workspace_id: UUID | None) -> UUID:
    """Return the workspace that is meant: the named one, or the caller's own.

    Raises `NotFound("auth.workspace_not_found")` for another tenant's, which system admins alone
    name, and `Forbidden("auth.no_workspace")` where none is named and there is none of their own.
    """
    actor = by.call.actor if isinstance(by, Unit) else by.actor
    meant = workspace_id or actor.workspace_id
    if meant is None:
        raise Forbidden("auth.no_workspace", "there is no workspace of your own")
    if not actor.sees(meant):
        raise not_found("auth", workspace.decider)
    return meant


def shown(db: Connection, door: Door, call: Call, asked: GetWorkspace) -> Workspace:
    """Return a workspace, the caller's own where none is named."""
    row = workspaces.get(db, reached(call, asked.workspace_id), call.actor)
    return Workspace(**{**row, "billing_address": _address(row), "logo": _logo(door, row)})


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


def _logo(door: Door, row: dict[str, Any]) -> LogoLink | None:
    if row["logo"] is None:
        return None
    link = logos.link(door.tools.blobs, row["logo"])
    return LogoLink(ref=row["logo"], url=link.url, expires_at=link.expires_at)


def _address(row: dict[str, Any]) -> BillingAddress | None:
    written = row["billing_address"]
    return BillingAddress(**json.loads(written)) if written else None


def update(unit: Unit, asked: UpdateWorkspace) -> Written:
    """Change the given details: events hold the number and the names of the rest."""
    fields = given(asked)
    del fields["workspace_id"]
    return change_profile(unit, reached(unit, asked.workspace_id), fields).written


def change_profile(unit: Unit, workspace_id: UUID, fields: Mapping[str, Any]) -> Decided:
    """Change these details of a workspace: its number, and texts by the names of their columns.

    A text that is null is kept as '', which the projection shows as null.
    """
    texts = {field: _text(fields[field]) for field in fields if field != "organization_number"}
    state = unit.state(workspace.decider, workspace_id)
    before = kept.recall_texts(unit.connection, workspace_id)
    new = {field: texts[field] for field in texts if texts[field] != before.get(field, "")}
    changed = set(new)
    number = state.organization_number if isinstance(state, Open) else None
    if fields.get("organization_number", number) != number:
        changed.add("organization_number")
        number = fields["organization_number"]
    command = workspace_messages.ChangeProfile(
        organization_number=number,
        has_legal_name=bool({**before, **texts}.get("legal_name")),
        changed=tuple(sorted(changed)),
    )
    if new:  # what changed only: a rival's text is not written over unsaid
        unit.execute(keep(workspace_id, workspace_id, new))
    return unit.decide(workspace.decider, workspace_id, command)


def _text(given: str | BillingAddress | None) -> str:
    if isinstance(given, BillingAddress):
        return json.dumps(codec.dump(given))
    return given or ""


def complete_onboarding(unit: Unit, asked: CompleteOnboarding) -> Written:
    """Take down what was answered to the first questions, and that they were answered.

    Raises `Forbidden("auth.not_while_impersonating")` for another number than the one that stands:
    that is a company's detail, as `update` changes them, in person.
    """
    workspace_id = reached(unit, None)
    stands, number = unit.state(workspace.decider, workspace_id), asked.organization_number
    before = stands.organization_number if isinstance(stands, Open) else None
    if unit.call.actor.impersonated_by and number and before not in (None, number):
        raise Forbidden("auth.not_while_impersonating", "its number is changed in person")
    answers = {"name": asked.workspace_name, "organization_number": asked.organization_number}
    change_profile(unit, workspace_id, {f: each for f, each in answers.items() if each is not None})
    completed = workspace_messages.CompleteOnboarding()
    written = unit.decide(workspace.decider, workspace_id, completed).written
    if asked.user_name is not None:
        change_texts(unit, unit.call.actor.user_id, {"name": asked.user_name})
    return written
