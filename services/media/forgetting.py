"""A person is forgotten, and the workspace that they were the last member of with all in it."""

from chassis.hearing import forgetting
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Heard
from contracts.auth import events as auth
from emptying import purging
from media.projections import projects


def forget_person(unit: Unit, heard: Heard) -> None:
    """Forget whom auth names; of a workspace that is named say so once its projects are gone."""
    erased: auth.SubjectErased = heard.event
    of_it = erased.workspace_id
    if of_it is None or not projects.has_any(unit.connection, of_it):
        forgetting.forget(unit, heard)
        return
    forgetting.let_go(unit, heard)
    unit.queue(purging.of_erased(of_it, erased.erasure_id, erased.user_id), of_it)
