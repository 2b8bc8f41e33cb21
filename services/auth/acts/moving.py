"""Who belongs to which workspace: a person and a workspace say it of each other, in one unit.

What changes it holds the person, so that no token that is drawn beside it knows less than it did.
"""

from uuid import UUID

from auth.domain import user, user_messages, workspace, workspace_messages
from auth.domain.user_states import User
from auth.domain.workspace_states import Workspace
from chassis.unit.calls import Decided
from chassis.unit.deciding import Unit, not_found


def join(unit: Unit, user_id: UUID, workspace_id: UUID, role: str, invited_by: UUID) -> Decided:
    """Take a person into a workspace, and out of the one that they have; return the workspace.

    Held here: whoever calls has not read the person before. One that they were alone in, and that
    was not used, is closed. Raises `Rejected("auth.invitation_invalid")` where who has invited
    them may not offer that any more, `auth.workspace_suspended`, `auth.workspace_closed`;
    `auth.already_in_workspace` where the present one keeps them; `NotFound` for nobody.
    """
    unit.hold(user.decider, user_id)
    person = _person(unit, user_id)
    taken_in = joining(unit, user_id, role, invited_by)
    joined = unit.decide(workspace.decider, workspace_id, taken_in)
    present = person.workspace_id
    if present == workspace_id:
        return joined
    state = unit.state(workspace.decider, present) if present else None
    is_bound = isinstance(state, Workspace) and state.binds(user_id)
    moved = user_messages.JoinWorkspace(workspace_id=workspace_id, role=role, is_bound=is_bound)
    unit.decide(user.decider, user_id, moved)
    if present is not None:
        unit.decide(workspace.decider, present, workspace_messages.Close())  # nobody is left in it
        unit.decide(workspace.decider, present, workspace_messages.Remove(user_id=user_id, by=None))
    return joined


def joining(unit: Unit, user_id: UUID, role: str, invited_by: UUID) -> workspace_messages.Join:
    """Return what a workspace is told by who joins it; whoever invites as a system admin may."""
    by = None if _is_system_admin(unit, invited_by) else invited_by
    return workspace_messages.Join(user_id=user_id, role=role, by=by)


def leave(unit: Unit, user_id: UUID, by: UUID | None = None) -> Decided:
    """Take a person out of their workspace; return the workspace.

    Held here, as in `join`. `by`: who removes them; None: nobody's role counts. Raises what
    `workspace_of` does, `Rejected("auth.last_owner")`, and `Forbidden("auth.above_own_role")`
    where `by` stands lower.
    """
    workspace_id = workspace_of(unit, user_id)
    left = unit.decide(
        workspace.decider, workspace_id, workspace_messages.Remove(user_id=user_id, by=by)
    )
    unit.decide(user.decider, user_id, user_messages.LeaveWorkspace())
    return left


def workspace_of(unit: Unit, user_id: UUID, *beside: UUID) -> UUID:
    """Return the workspace that a person is in, as long as the unit lasts; they are held, alone.

    `beside`: who is held with them. Raises `NotFound("auth.user_not_found")` alike for nobody, for
    who is in no workspace, and for who is in one that the caller does not see.
    """
    unit.hold(user.decider, user_id, *beside)
    workspace_id = _person(unit, user_id).workspace_id
    if workspace_id is None or not unit.call.actor.sees(workspace_id):
        raise not_found("auth", user.decider)
    return workspace_id


def _person(unit: Unit, user_id: UUID) -> User:
    person = unit.state(user.decider, user_id)
    if not isinstance(person, User):
        raise not_found("auth", user.decider)
    return person


def _is_system_admin(unit: Unit, user_id: UUID) -> bool:
    person = unit.state(user.decider, user_id)
    return isinstance(person, User) and person.is_system_admin
