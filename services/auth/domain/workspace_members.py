"""Who may take whom into a workspace, out of it, or into another role."""

from collections.abc import Mapping
from uuid import UUID

from auth.domain.workspace_events import MemberRoleChanged
from auth.domain.workspace_messages import ChangeRole, Join, OfferRole, Remove, Transfer
from auth.domain.workspace_states import ADMIN, MEMBER, OWNER, State, Workspace, is_below, owners

Roles = Mapping[UUID, str]


def is_above_inviter(workspace: Workspace, command: OfferRole | Join) -> bool:
    """Return whether more is offered than who invites has themselves, as things are now."""
    return command.by is not None and is_below(workspace.members.get(command.by), command.role)


def is_no_member(workspace: State, command: ChangeRole | Remove | Transfer) -> bool:
    return command.user_id not in workspace.members


def is_above_remover(workspace: State, command: Remove) -> bool:
    """Return whether who removes stands too low: owners remove anybody, admins members alone."""
    if command.by is None or command.by == command.user_id:
        return False
    by, other = workspace.members.get(command.by), workspace.members[command.user_id]
    return by != OWNER and (by != ADMIN or other != MEMBER)


def is_not_theirs(workspace: Workspace, command: Transfer) -> bool:
    """Return whether who gives it away does not own it."""
    return command.by is not None and command.by not in owners(workspace.members)


def leaves_no_owner(workspace: Workspace, command: ChangeRole | Remove | Transfer) -> bool:
    """Return whether nobody would own a workspace that has an owner now.

    To give it to oneself is to leave it without: who gives it owns it no more.
    """
    if isinstance(command, Transfer):
        return command.user_id == command.by
    return bool(owners(workspace.members)) and not owners(after(workspace.members, command))


def after(members: Roles, command: ChangeRole | Remove | Transfer) -> Roles:
    """Return everybody's roles once that is done; what is not theirs to do is not asked here."""
    match command:
        case ChangeRole(user_id=user_id, role=role):
            return {**members, user_id: role}
        case Remove(user_id=user_id):
            return {each: role for each, role in members.items() if each != user_id}
        case Transfer(user_id=user_id, by=by):
            givers = owners(members) if by is None else {by}
            return {**members, **dict.fromkeys(givers, ADMIN), user_id: OWNER}


def changes(members: Roles, command: ChangeRole | Transfer) -> list[MemberRoleChanged]:
    """Return who is something else afterwards; first whom the command names."""
    new = after(members, command)
    changed = [each for each in members if new[each] != members[each]]
    changed.sort(key=lambda each: each != command.user_id)
    return [MemberRoleChanged(user_id=each, role=new[each]) for each in changed]
