"""What media does outside a transaction, a file a kind."""

from collections.abc import Iterable
from typing import Any

from asking import jobs as paid
from asking import leaving
from asking.port import Asking
from chassis.jobs.jobs import Kind
from chassis.unit.calls import CancelJobs, Job
from chassis.unit.handling import App
from chassis.unit.store import Recorded
from emptying import files
from emptying.holding import job as hold
from emptying.purging import of_closed as purge_of_closed
from media.domain.customer import BARRED, StatusHeard
from media.domain.image_events import (
    AlterationSet,
    ImageCancelled,
    ImageEnhanced,
    ImageQueued,
    ImageRetried,
    OriginalRevoked,
    VersionRequested,
)
from media.domain.project_events import ImagesRemoved, ProjectRemoved
from media.gateways.engine import Engine
from media.jobs import (
    enhancing,
    forgetting,
    holding,
    inpainting,
    labelling,
    making,
    purging,
)
from media.jobs.storing import Storing


def jobs(recorded: Recorded, state: Any, *, asks: bool = False) -> Iterable[Job | CancelJobs]:
    """Queue what an event asks for; `asks`: versions are made by a provider."""
    match recorded.event:
        case ImageQueued():
            yield making.job(recorded.subject, state, state.first, asks=asks)
        case ImageRetried(version_id=id) | VersionRequested(version_id=id):
            yield making.job(recorded.subject, state, state.version(id), asks=asks)
        case ImageCancelled(version_id=id):
            for kind in making.KINDS:  # who waits for a provider goes on: it may cost something
                yield CancelJobs(kind=kind, subject=id)
            yield leaving.cancel_provider(id, state.version(id).retries)
        case ImageEnhanced(result=result, version_id=id) if result.alteration == "material":
            yield labelling.job(id or recorded.subject, result)
        case AlterationSet(version_id=id, alteration="material"):
            if (result := state.version(id).result) is not None:
                yield labelling.job(id, result)
        case OriginalRevoked(token_sha256=str(token_sha256)):
            yield forgetting.of_publication(recorded.subject, state, token_sha256)
        case ImagesRemoved(image_ids=gone):
            yield forgetting.of_images(recorded.subject, state, gone)
        case ProjectRemoved():
            yield forgetting.of_project(state.workspace_id, recorded.subject)
        case StatusHeard(status=status, purge_after=purge_after) if status in BARRED:
            yield hold(recorded.subject)
            if purge_after is not None:
                yield purge_of_closed(recorded.subject, purge_after - recorded.recorded_at)


def kinds(app: App, storing: Storing, engine: Engine, asking: Asking) -> tuple[Kind, ...]:
    """Return the kinds of job that media does: whichever engine is new work's, all of them."""
    return (
        enhancing.kind(storing, engine),
        inpainting.kind(storing, engine),
        labelling.kind(storing),
        files.kind(storing.blobs),
        holding.kind(app),
        purging.kind(app),
        *paid.kinds(asking),
    )
