"""What somebody who is forgotten leaves: workspaces called after them, or that go with them."""

import re
from collections.abc import Mapping, Sequence
from uuid import UUID

from auth import forgetting, kept, trail
from auth.acts import workspaces
from auth.acts.mailing import FORMER_ADDRESSES
from auth.domain import invitation, workspace, workspace_messages
from auth.domain.claims import MADE_OF_A_PERSON
from auth.domain.workspace_states import Closed, Workspace
from auth.projections import invitations
from auth.projections import workspaces as workspace_rows
from chassis.unit.deciding import Unit

OF_PEOPLE = ("contact_email", "contact_person", "invoice_email", "invoice_reference")
LASTING = ("name", "slug", "legal_name", "billing_address")  # of a company, whoever has founded it


def leave(unit: Unit, user_id: UUID, home: UUID | None, others: bool) -> None:
    """Take them out of their workspace, and their name out of all that are called after them."""
    texts = kept.recall_texts(unit.connection, user_id)
    founded = set(workspace_rows.founded_by(unit.connection, user_id))
    known = founded.union(trail.joined_by(unit.connection, user_id), [home] if home else [])
    if home and not others:
        unit.decide(workspace.decider, home, workspace_messages.Close())
        founded.add(home)
    if home:
        unit.decide(workspace.decider, home, workspace_messages.Remove(user_id=user_id, by=None))
    for each in sorted(known):
        state = unit.state(workspace.decider, each)
        if isinstance(state, Workspace):
            _call_otherwise(unit, each, texts, is_after_them=each in founded)
        elif isinstance(state, Closed) and each in founded and not state.members:
            _erase_workspace(unit, each)
        elif isinstance(state, Closed):
            after_them = _after_them(unit, each) if each in founded else []
            _forget_texts(unit, each, [*after_them, *_said(unit, each, texts)])


def _call_otherwise(
    unit: Unit, workspace_id: UUID, theirs: Mapping[str, str], *, is_after_them: bool
) -> None:
    """Let a workspace that lives on say nothing of somebody; what it is by law it stays."""
    said, new = _said(unit, workspace_id, theirs), dict[str, str | None]()
    if is_after_them:
        id = workspace_id.hex
        otherwise = {"slug": f"workspace-{id[:12]}", "name": f"Workspace {id[:6]}"}
        new |= {field: otherwise[field] for field in _after_them(unit, workspace_id)}
    new |= {field: None for field in said if field in OF_PEOPLE}
    if new:
        workspaces.change_profile(unit, workspace_id, new)
    _forget_texts(unit, workspace_id, [field for field in said if field not in OF_PEOPLE])


def _after_them(unit: Unit, workspace_id: UUID) -> list[str]:
    """Return what a workspace is called after who has founded it."""
    name = kept.recall_texts(unit.connection, workspace_id).get("name", "")
    return ["slug", "name"] if name.endswith(MADE_OF_A_PERSON) else ["slug"]


def _said(unit: Unit, workspace_id: UUID, theirs: Mapping[str, str]) -> list[str]:
    """Return which texts of a workspace name somebody; what it is by law is not asked."""
    stands, named = kept.recall_texts(unit.connection, workspace_id), _naming(theirs)
    return [field for field in stands if field not in LASTING and named.search(stands[field])]


def _naming(texts: Mapping[str, str]) -> re.Pattern[str]:
    """Return what finds a person's name and addresses in somebody's words."""
    own = [texts[field] for field in ("name", "email", "former_email") if texts.get(field)]
    own += texts.get(FORMER_ADDRESSES, "").split()
    some = "|".join(map(re.escape, own)) or "(?!)"  # of whom nothing is known, nothing is found
    return re.compile(rf"(?<!\w)({some})(?!\w)", re.IGNORECASE)


def _forget_texts(unit: Unit, workspace_id: UUID, fields: Sequence[str]) -> None:
    unit.execute(forgetting.texts_of(workspace_id, fields))
    for statement in workspace_rows.forget_texts(workspace_id, fields):
        unit.execute(statement)


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
