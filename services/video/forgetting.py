"""A person is forgotten, and the workspace that they were the last member of; or an image is."""

from chassis.hearing import forgetting
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Heard
from contracts.auth import events as auth
from contracts.media import events as media
from emptying import purging
from video.domain import video_project
from video.domain.video_messages import ForgetImage
from video.projections import video_rows


def forget_person(unit: Unit, heard: Heard) -> None:
    """Forget whom auth names; of a workspace that is named say so once all in it is gone.

    Of films that were deleted pieces and copies may lie there still, the latter in no table.
    """
    erased: auth.SubjectErased = heard.event
    of_it = erased.workspace_id
    if of_it is None:
        forgetting.forget(unit, heard)
        return
    forgetting.let_go(unit, heard)
    unit.queue(purging.of_erased(of_it, erased.erasure_id, erased.user_id), of_it)


def forget_image(unit: Unit, heard: Heard) -> None:
    """Show no more that a clip is of an image that media has deleted; our copy stays."""
    event: media.ImageDeleted = heard.event
    for id in dict.fromkeys((event.root_id, *event.version_ids)):
        shown_by = video_rows.showing(unit.connection, id)
        unit.preload((video_project.decider, video_id) for video_id in shown_by)
        for video_id in shown_by:
            unit.decide(video_project.decider, video_id, ForgetImage(image_generation_id=id))
