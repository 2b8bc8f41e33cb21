"""A person is forgotten, and the workspace that they were the last member of."""

from chassis.hearing import forgetting
from chassis.hearing.forgetting import Kept
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Heard
from contracts.auth import events as auth
from video.projections import video_projects


def forget_person(unit: Unit, heard: Heard) -> None:
    """Forget whom auth names; the films of a workspace that is named are kept as yet."""
    erased: auth.SubjectErased = heard.event
    of_it = erased.workspace_id
    stays = of_it is not None and video_projects.has_any(unit.connection, of_it)
    forgetting.forget(unit, heard, [Kept(what="projects", until=None)] if stays else [])
