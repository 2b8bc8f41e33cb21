"""A person is forgotten, and the workspace that they were the last member of; not its money."""

from datetime import UTC, datetime, time
from uuid import UUID

from billing import kept
from chassis.hearing import forgetting
from chassis.hearing.forgetting import Kept
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Heard
from contracts.auth import events as auth


def forget_person(unit: Unit, heard: Heard) -> None:
    """Forget whom auth names; whom an issued document names stays for as long as it must."""
    erased: auth.SubjectErased = heard.event
    stays = _documents(unit, erased.workspace_id) if erased.workspace_id else []
    forgetting.forget(unit, heard, stays)


def _documents(unit: Unit, workspace_id: UUID) -> list[Kept]:
    """Return a line a day until which documents are kept; those by card may not be issued yet."""
    return [
        Kept(
            what="buyer of issued documents" if until else "buyer of payments by card",
            until=datetime.combine(until, time(), UTC) if until else None,
        )
        for until in kept.retentions(unit.connection, workspace_id)
    ]
