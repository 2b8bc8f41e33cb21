"""auth, put together: lists everything, hides nothing."""

from collections.abc import Callable
from datetime import datetime

from auth import claims, kept, outbound, pruning
from auth import jobs as auth_jobs
from auth.domain import session, user, workspace
from auth.permissions import PERMISSIONS
from auth.projections import invitations, sessions, users, workspaces
from auth.settings import Settings
from chassis import ids
from chassis.database import postgres
from chassis.door.edge import Door
from chassis.door.tokens import AccessTokens, TokenIssuer
from chassis.door.web import PublicDoor
from chassis.running import housekeeping
from chassis.running.parts import Parts, Peers
from chassis.unit.handling import App
from chassis.unit.service import Service
from contracts.auth.events import PUBLISHES, REVOKES
from gateways import mail

DOMAIN = {"user": user, "workspace": workspace, "session": session}
KEPT = (kept.account, kept.secrets, claims.claim, claims.verification, claims.mailed)
TABLES = (invitations.table,)  # of the seed, not filled yet

SERVICE = Service(
    name="auth",
    version="0.1.0",
    deciders=(user.decider, workspace.decider, session.decider),
    projections=(users.projection, workspaces.projection, sessions.projection),
    outbound=outbound.outbound,
    publishes=PUBLISHES,
    upcasters={("InvoiceEligibilitySet", 1): workspace.without_reason},
    revokes=REVOKES,
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
    issuer = TokenIssuer(given.signing_key_id, given.signing_key)
    door = Door(
        app=app,
        tokens=AccessTokens.from_json(given.public_keys),
        permissions=PERMISSIONS,
        secret=given.secret_key,
        tools=issuer,
        log_key=issuer.derived("addresses in the log"),  # the same in every process
    )
    return Parts(
        app=app,
        door=door,
        reactions=(),
        revocations=(),  # what is told of them holds here with its unit
        kinds=auth_jobs.kinds(app, mail.opened(given), given.app_url),
        schedules=(*housekeeping.SCHEDULES, *pruning.SCHEDULES, auth_jobs.END_BANS),
        web=PublicDoor(()),
    )
