"""What somebody who is forgotten leaves: workspaces called after them, or that go with them."""

import re
from collections.abc import Mapping
from uuid import UUID

from auth import forgetting, kept
from auth.acts import workspaces
from auth.domain import invitation, workspace, workspace_messages
from auth.domain.workspace_states import Closed, Workspace
from auth.projections import invitations
from auth.projections import workspaces as workspace_rows
from chassis.unit.deciding import Unit

MADE_OF_A_PERSON = "'s Workspace"  # as `founding` calls one
OF_PEOPLE = ("contact_email", "contact_person", "invoice_email", "invoice_reference")
LASTING = ("name", "slug", "legal_name", "billing_address")  # of a company, whoever has founded it


def leave(unit: Unit, user_id: UUID, home: UUID | None, others: bool) -> None:
    """Take them out of their workspace, and their name out of all that are called after them."""
    texts = kept.recall_texts(unit.connection, user_id)
    founded = set(workspace_rows.founded_by(unit.connection, user_id))
    if home and not others:
        unit.decide(workspace.decider, home, workspace_messages.Close())
        founded.add(home)
    if home:
        unit.decide(workspace.decider, home, workspace_messages.Remove(user_id=user_id, by=None))
    for each in sorted(founded | ({home} if home else set())):
        state = unit.state(workspace.decider, each)
        if isinstance(state, Workspace):
            _call_otherwise(unit, each, texts, is_after_them=each in founded)
        elif isinstance(state, Closed) and each in founded:
            _erase_workspace(unit, each)


def _call_otherwise(
    unit: Unit, workspace_id: UUID, theirs: Mapping[str, str], *, is_after_them: bool
) -> None:
    """Let a workspace that lives on say nothing of somebody; what it is by law it stays."""
    stands, new = kept.recall_texts(unit.connection, workspace_id), dict[str, str | None]()
    if is_after_them:
        new["slug"] = f"workspace-{workspace_id.hex[:12]}"
    if is_after_them and stands.get("name", "").endswith(MADE_OF_A_PERSON):
        new["name"] = f"Workspace {workspace_id.hex[:6]}"
    named = _naming(theirs)
    said = [field for field in stands if field not in LASTING and named.search(stands[field])]
    new |= {field: None for field in said if field in OF_PEOPLE}
    if new:
        workspaces.change_profile(unit, workspace_id, new)
    if reasons := [field for field in said if field not in OF_PEOPLE]:
        unit.execute(forgetting.texts_of(workspace_id, reasons))
        unit.execute(workspace_rows.forget_reasons(workspace_id, reasons))


def _naming(texts: Mapping[str, str]) -> re.Pattern[str]:
    """Return what finds a person's name and addresses in somebody's words."""
    own = [texts[field] for field in ("name", "email", "former_email") if texts.get(field)]
    some = "|".join(map(re.escape, own)) or "(?!)"  # of whom nothing is known, nothing is found
    return re.compile(rf"(?<!\w)({some})(?!\w)", re.IGNORECASE)


def _erase_workspace(unit: Unit, workspace_id: UUID) -> None:
    forget_invitations(unit, invitations.into(unit.connection, workspace_id))
    unit.execute(forgetting.texts_about(workspace_id))
    unit.decide(workspace.decider, workspace_id, workspace_messages.NoteErased())


def forget_invitations(unit: Unit, those: Mapping[UUID, bool]) -> None:
    """Take back what nobody has answered, and forget whom all of these invited."""
    for id, pending in those.items():
        if pending:
            unit.decide(invitation.decider, id, invitation.Cancel())
    for statement in forgetting.of_invitations(those):
        unit.execute(statement)
    unit.execute(invitations.forget_those(those))
