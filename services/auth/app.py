"""auth, put together: lists everything, hides nothing."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from auth import (
    attempts,
    claims,
    devices,
    inbound,
    kept,
    outbound,
    pruning,
    sealing,
    second_factors,
    sweeping,
    verifications,
)
from auth import jobs as auth_jobs
from auth.domain import invitation, session, user, workspace
from auth.domain.workspace_events import without_reason
from auth.equipment import Tools
from auth.invariants import INVARIANTS
from auth.jobs.mail import Post
from auth.logos import LOGO_BYTES
from auth.permissions import PERMISSIONS
from auth.projections import erasures, invitations, sessions, users, workspaces
from auth.secret_keys import SecretKeys
from auth.settings import Settings
from chassis import ids
from chassis.codec import snake
from chassis.database import postgres
from chassis.door.edge import Door
from chassis.door.tokens import AccessTokens, TokenIssuer
from chassis.door.web import PublicDoor, links
from chassis.running import housekeeping
from chassis.running.parts import Parts, Peers
from chassis.unit.handling import App
from chassis.unit.service import Service
from contracts import SERVICES
from contracts.auth.events import PUBLISHES, REVOKES
from gateways import blobs, mail
from gateways.work_folder import WorkFolder

DOMAIN = {"user": user, "workspace": workspace, "invitation": invitation, "session": session}
KEPT = (
    kept.account,
    kept.secrets,
    claims.claim,
    claims.verification,
    claims.mailed,
    second_factors.totp,
    second_factors.recovery_code,
    attempts.attempt,
    attempts.refusal,
    devices.seen_device,
)

SERVICE = Service(
    name="auth",
    version="0.1.0",
    deciders=(user.decider, workspace.decider, invitation.decider, session.decider),
    projections=(
        users.projection,
        workspaces.projection,
        invitations.projection,
        sessions.projection,
        erasures.projection,
        erasures.acknowledgements,
    ),
    outbound=outbound.outbound,
    publishes=PUBLISHES,
    upcasters={("InvoiceEligibilitySet", 1): without_reason},
    revokes=REVOKES,
    invariants=INVARIANTS,
)


def build(
    given: Settings,
    peers: Peers,
    clock: Callable[[], datetime] = ids.now,
    committed: Callable[[], None] = lambda: None,
) -> Parts:
    """Return the service, ready to be called and to work."""
    engine = postgres.engine(given.database_url, name="auth")
    app = App(service=SERVICE, engine=engine, clock=clock, committed=committed)
    work = WorkFolder(Path(given.work_folder))
    store = blobs.opened(given, SERVICES, clock, work.path)
    issuer = TokenIssuer(given.signing_key_id, given.signing_key)
    keys = SecretKeys(given.secret_keys)
    door = Door(
        app=app,
        tokens=AccessTokens.from_json(given.public_keys),
        permissions=PERMISSIONS,
        secret=given.secret_key,
        hears=tuple(f"{each.source}.{snake(each.hears.__name__)}" for each in inbound.reactions),
        tools=Tools(
            issuer=issuer,
            keys=keys,
            admins_need_a_code=given.admins_need_a_code,
            blobs=store.blobs,
            branding_needs_enterprise=given.branding_needs_enterprise,
            impersonation_notice=given.impersonation_notice,
        ),
        log_key=issuer.derived("addresses in the log"),  # the same in every process
    )
    post = Post(
        app=app,
        mail=mail.opened(given),
        blobs=store.blobs,
        app_url=given.app_url,
        code_hash=partial(verifications.code_hash, keys),
    )
    files = links(
        store.answer,
        store.origins,
        methods=("GET", "HEAD", "PUT"),
        max_bytes=LOGO_BYTES,
    )
    return Parts(
        app=app,
        door=door,
        reactions=inbound.reactions,
        revocations=(),  # what is told of them holds here with its unit
        kinds=auth_jobs.kinds(post, work.path),
        schedules=(
            *housekeeping.SCHEDULES,
            *pruning.SCHEDULES,
            *auth_jobs.SCHEDULES,
            sealing.schedule(keys),
            sweeping.schedule(store.blobs),
        ),
        web=PublicDoor(files),
        closing=(work.close,),
    )
