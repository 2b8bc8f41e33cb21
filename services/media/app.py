"""media, put together: lists everything, hides nothing."""

from collections.abc import Callable
from dataclasses import replace
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
from contracts.media.events import PUBLISHES
from gateways import blobs
from gateways.fal_provider import FalProvider
from gateways.fal_settings import opened
from gateways.fal_webhook import PublicKeys
from gateways.no_provider import NoProvider
from gateways.pictures import MAX_BYTES, Judge, pixels
from gateways.provider import Provider
from gateways.work_folder import WorkFolder
from media import handing_out, inbound, outbound, sweeping
from media import jobs as media_jobs
from media.domain import answer, customer, image, project
from media.equipment import Tools
from media.gateways.door_links import DoorLinks
from media.gateways.fal import MAX_RESULT_BYTES, FalModels, read
from media.gateways.local import LocalEngine
from media.invariants import INVARIANTS
from media.jobs.asking import Versions
from media.jobs.storing import Storing
from media.permissions import PERMISSIONS
from media.projections import images, projects
from media.settings import Settings
from media.tables import metadata

__all__ = ["DOMAIN", "KEPT", "SERVICE", "build", "metadata"]

DOMAIN = {
    "customer": customer,
    "project": project,
    "image": image,
    "answer": answer,
    "erasure": forgetting,
}
KEPT = (provider_call(metadata),)

SERVICE = Service(
    name="media",
    version="0.1.0",
    deciders=(customer.decider, project.decider, image.decider, answer.decider, forgetting.decider),
    projections=(projects.projection, images.projection),
    outbound=outbound.outbound,
    jobs=media_jobs.jobs,
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
    engine = postgres.engine(given.database_url, name="media")
    asks = given.engine == "fal"
    service = replace(SERVICE, jobs=partial(media_jobs.jobs, asks=asks))
    app = App(service=service, engine=engine, clock=clock, committed=committed)
    work = WorkFolder(Path(given.work_folder))
    store = blobs.opened(given, SERVICES, clock, work.path)
    door_links = DoorLinks(given.public_url, tuple(given.blobs_key.split()), clock)
    door = Door(
        app=app,
        tokens=AccessTokens.from_json(given.public_keys),
        permissions=PERMISSIONS,
        hears=tuple(f"{each.source}.{snake(each.hears.__name__)}" for each in inbound.reactions),
        tools=Tools(
            blobs=store.blobs,
            judge=Judge("media", work.path),
            links=door_links,
            limits=given,
            generative=asks,
        ),
    )
    storing = Storing(blobs=store.blobs, work=work.path)
    decode = partial(pixels, service="media", work=work.path)
    files = links(
        store.answer,
        store.origins,
        methods=("GET", "HEAD", "PUT"),
        max_bytes=MAX_BYTES,
    )
    routes = (*files, *handing_out.routes(app, store.blobs, door_links))
    provider: Provider = NoProvider()
    if given.fal_key:  # whatever the engine is by now: calls of another time may be open
        provider = FalProvider(opened(given), "media", read, MAX_RESULT_BYTES, given.fal_files())
        routes = (*routes, telling.route(app, PublicKeys(given.fal_jwks_url, work.path)))
    asking = Asking(
        app=app,
        blobs=store.blobs,
        work=work.path,
        provider=provider,
        public_url=given.public_url,
        orders=Versions(app, storing, FalModels(given.fal_prices())),
    )
    return Parts(
        app=app,
        door=door,
        reactions=inbound.reactions,
        revocations=revocations.reactions(REVOKES),
        kinds=media_jobs.kinds(app, storing, LocalEngine(decode, work.path), asking),
        schedules=(*housekeeping.SCHEDULES, sweeping.schedule(store.blobs)),
        web=PublicDoor(routes),
        closing=(work.close,),
    )
