"""video, put together: lists everything, hides nothing."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from chassis import ids
from chassis.codec import snake
from chassis.database import postgres
from chassis.door import revocations
from chassis.door.edge import Door
from chassis.door.tokens import AccessTokens
from chassis.door.web import PublicDoor, links
from chassis.hearing import forgetting
from chassis.running import housekeeping
from chassis.running.parts import Parts, Peers
from chassis.unit.handling import App
from chassis.unit.service import Service
from contracts import SERVICES
from contracts.auth.events import REVOKES
from contracts.video.events import PUBLISHES
from gateways import blobs
from gateways.addresses import parsed_prefixes
from gateways.pictures import pixels
from gateways.work_folder import WorkFolder
from video import inbound, outbound
from video import jobs as video_jobs
from video.domain import answer, customer, piece, video_project
from video.gateways.local import LocalEngine
from video.invariants import INVARIANTS
from video.jobs.equipment import Tools
from video.permissions import PERMISSIONS
from video.projections import music_tracks, progress, video_clips, video_projects
from video.settings import Settings
from video.tables import metadata

__all__ = ["DOMAIN", "SERVICE", "build", "metadata"]

DOMAIN = {
    "customer": customer,
    "video_project": video_project,
    "piece": piece,
    "answer": answer,
    "erasure": forgetting,
}
TABLES = (music_tracks.table,)  # of the seed, not filled yet

SERVICE = Service(
    name="video",
    version="0.1.0",
    deciders=(
        customer.decider,
        video_project.decider,
        piece.decider,
        answer.decider,
        forgetting.decider,
    ),
    projections=(video_projects.projection, video_clips.projection, progress.projection),
    outbound=outbound.outbound,
    jobs=video_jobs.jobs,
    publishes=PUBLISHES,
    invariants=INVARIANTS,
)


def build(
    given: Settings,
    peers: Peers,
    clock: Callable[[], datetime] = ids.now,
    committed: Callable[[], None] = lambda: None,
) -> Parts:
    """Return the service, ready to be called and to work."""
    engine = postgres.engine(given.database_url, name="video")
    app = App(service=SERVICE, engine=engine, clock=clock, committed=committed)
    work = WorkFolder(Path(given.work_folder))
    store = blobs.opened(given, SERVICES, clock, work.path)
    tools = Tools(
        app=app,
        blobs=store.blobs,
        engine=LocalEngine(partial(pixels, service="video", work=work.path)),
        peers=peers,
        sources=parsed_prefixes(given.sources),
        work=work,
    )
    door = Door(
        app=app,
        tokens=AccessTokens.from_json(given.public_keys),
        permissions=PERMISSIONS,
        hears=tuple(f"{each.source}.{snake(each.hears.__name__)}" for each in inbound.reactions),
        tools=tools,
    )
    return Parts(
        app=app,
        door=door,
        reactions=inbound.reactions,
        revocations=revocations.reactions(REVOKES),
        kinds=video_jobs.kinds(tools),
        schedules=housekeeping.SCHEDULES,
        web=PublicDoor(links(store.answer, store.origins)),
        closing=(work.close,),
    )
