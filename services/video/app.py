"""video, put together: lists everything, hides nothing."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from asking import telling
from asking.kept import provider_call
from asking.port import Asking
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
from gateways.fal_provider import FalProvider
from gateways.fal_settings import opened
from gateways.fal_webhook import PublicKeys
from gateways.no_provider import NoProvider
from gateways.pictures import MAX_BYTES, Judge, pixels
from gateways.provider import Provider
from gateways.work_folder import WorkFolder
from video import inbound, outbound
from video import jobs as video_jobs
from video.domain import answer, customer, film, music_track, piece, video_project
from video.equipment import Tools as DoorTools
from video.gateways.fal import MAX_RESULT_BYTES, read
from video.gateways.local import LocalEngine
from video.invariants import INVARIANTS
from video.jobs import collecting
from video.jobs.asking import Pieces
from video.jobs.equipment import Tools
from video.links import MAX_AUDIO_BYTES
from video.permissions import PERMISSIONS
from video.projections import (
    films,
    music_tracks,
    pieces,
    video_clips,
    video_projects,
)
from video.settings import Settings
from video.tables import metadata

__all__ = ["DOMAIN", "KEPT", "SERVICE", "build", "metadata"]

DOMAIN = {
    "customer": customer,
    "video_project": video_project,
    "film": film,
    "piece": piece,
    "music_track": music_track,
    "answer": answer,
    "erasure": forgetting,
}
KEPT = (provider_call(metadata),)

SERVICE = Service(
    name="video",
    version="0.1.0",
    deciders=(
        customer.decider,
        video_project.decider,
        film.decider,
        piece.decider,
        music_track.decider,
        answer.decider,
        forgetting.decider,
    ),
    projections=(
        video_projects.projection,
        video_clips.projection,
        films.projection,
        pieces.projection,
        music_tracks.projection,
    ),
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
        tools=DoorTools(
            blobs=store.blobs,
            judge=Judge("video", work.path),
            engine=given.engine,
            budget_cents=given.video_budget_cents,
        ),
    )
    methods = ("GET", "HEAD", "PUT")
    most = max(MAX_BYTES, MAX_AUDIO_BYTES)
    routes = links(store.answer, store.origins, methods=methods, max_bytes=most)
    provider: Provider = NoProvider()
    if given.fal_key:  # whatever the engine is by now: calls of another time may be open
        provider = FalProvider(opened(given), "video", read, MAX_RESULT_BYTES, given.fal_files())
        routes = (*routes, telling.route(app, PublicKeys(given.fal_jwks_url, work.path)))
    asking = Asking(
        app=app,
        blobs=store.blobs,
        work=work.path,
        provider=provider,
        public_url=given.public_url,
        orders=Pieces(tools),
    )
    ships = given.music == "shipped"
    return Parts(
        app=app,
        door=door,
        reactions=inbound.reactions,
        revocations=revocations.reactions(REVOKES),
        kinds=video_jobs.kinds(tools, asking),
        schedules=(*housekeeping.SCHEDULES, *collecting.schedules(store.blobs, work, ships=ships)),
        web=PublicDoor(routes),
        closing=(work.close,),
    )
