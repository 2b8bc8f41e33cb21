"""Workspaces that a system admin makes for somebody."""

from functools import partial

from auth.acts import inviting, mailing
from auth.acts.founding import SLUG_TRIES, slugified
from auth.domain import workspace, workspace_messages
from chassis import ids
from chassis.door.edge import Door
from chassis.door.rules import folded
from chassis.errors import Rejected
from chassis.personal import keep
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from contracts.auth.workspaces import CreateWorkspace, WorkspaceMade


def create(door: Door, call: Call, asked: CreateWorkspace) -> WorkspaceMade:
    """Make a workspace without an owner, and invite somebody to be it.

    The invitation's token is shown this once where no mail goes. Raises
    `Rejected("auth.workspace_exists")` for an id that is taken, `auth.slug_taken`, and where
    eligibility lacks a number or a legal name.
    """
    for attempt in range(SLUG_TRIES):
        try:
            return door.app.unit(call, partial(_create, asked, attempt), WorkspaceMade)
        except Rejected as refusal:
            if refusal.code != "auth.slug_taken":
                raise
    raise Rejected("auth.slug_taken")


def _create(asked: CreateWorkspace, attempt: int, unit: Unit) -> WorkspaceMade:
    workspace_id = asked.workspace_id or ids.derive(unit.call.id, "workspace")
    if unit.state(workspace.decider, workspace_id) is not None:
        raise Rejected("auth.workspace_exists", "this id is another workspace's")
    slug = f"{slugified(asked.name)}-{workspace_id.hex[attempt * 6 :][:6]}"
    texts = {"name": asked.name, "slug": slug, "legal_name": asked.legal_name}
    texts |= {"opening_reason": asked.reason}
    kept = {field: text for field, text in texts.items() if text is not None}
    unit.execute(keep(workspace_id, workspace_id, kept))
    command = workspace_messages.OpenForInvitee(
        workspace_id=workspace_id,
        plan=asked.plan,
        organization_number=asked.organization_number,
        has_legal_name=asked.legal_name is not None,
        invoice_eligible=asked.invoice_eligible,
    )
    opened = unit.decide(workspace.decider, workspace_id, command)
    offered = inviting.offer(unit, workspace_id, asked.owner_email, "owner")
    token = None if asked.send_mail else inviting.draw(unit, offered.id)
    if asked.send_mail:
        mailing.mail(unit, folded(asked.owner_email), "invitation", offered.id)
    return WorkspaceMade(
        id=workspace_id, version=opened.version, invitation_id=offered.id, token=token
    )
