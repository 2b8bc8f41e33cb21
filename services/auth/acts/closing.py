"""Closing a workspace, for good."""

from auth.acts.workspaces import reached
from auth.domain import workspace, workspace_messages
from auth.domain.workspace_states import Closed as Over
from chassis.personal import keep
from chassis.unit.deciding import Unit
from contracts.auth.workspaces import Closed, CloseWorkspace


def close(unit: Unit, asked: CloseWorkspace) -> Closed:
    """Close a workspace: nothing begins in it any more, and its people may leave it.

    What runs finishes. One that is closed already stays as it is.
    """
    workspace_id = reached(unit, asked.workspace_id)
    was_over = isinstance(unit.state(workspace.decider, workspace_id), Over)
    closed = unit.decide(workspace.decider, workspace_id, workspace_messages.Close())
    if asked.reason and not was_over:
        unit.execute(keep(workspace_id, workspace_id, {"closing_reason": asked.reason}))
    return Closed(id=closed.id, version=closed.version, purge_after=closed.state.purge_after)
