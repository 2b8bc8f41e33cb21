"""Mail, and the bans that run out.

The job of a mail mints a token, keeps its hash and sends: no raw token waits anywhere.
"""

from typing import Any
from uuid import UUID

from auth import claims
from auth.domain import user
from auth.domain.claims import CLAIM
from auth.kept import recall_email
from auth.projections import users
from chassis import ids
from chassis.errors import ServiceError
from chassis.identity import service_actor
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task
from chassis.jobs.schedules import Schedule
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from gateways.port import Mail, Message

BACKOFF_S = (10, 60, 300, 1_800, 7_200, 21_600)  # a mail server comes back
TEXTS = {
    "verify_email": (
        "Confirm your e-mail address",
        "Somebody has signed up for AI Studio with this address.\n\n"
        "If it was you, open this link within 24 hours and enter the password that you chose:\n"
        "{url}/verify-email?token={token}\n\n"
        "If you have signed up more than once, each time has its own mail, and its own password\n"
        "goes with it.\n\n"
        "If it was not you, you need not do anything: without that password the link opens\n"
        "nothing, and nobody can use your address.\n",
    ),
    "sign_up_attempted": (
        "Somebody tried to sign up with your address",
        "Somebody tried to make an AI Studio account with this address, which has one already.\n"
        "If it was you: sign in, or ask for a new password. If not: nothing has happened.\n",
    ),
}


def kinds(app: App, mail: Mail, public_url: str) -> tuple[Kind, ...]:
    """Return the kinds of job that auth does; links in mails lead to `public_url`."""

    def run(task: Task, control: Control) -> None:
        template, token = task.args["template"], ids.token()
        subject, text = TEXTS[template]
        address = WRITE_TO[template](app, task.subject, token)
        if address is None:  # erased or verified meanwhile
            return
        body = text.format(url=public_url, token=token)
        # under one id, so that what a server has from an attempt before is known as the same mail;
        # each attempt's own link leads in, for a day
        message = Message(id=str(task.id), to=address, subject=subject, text=body, at=app.clock())
        mail.send(message, task.error)

    return (
        Kind(
            name="mail",
            run=run,
            finish=_sent,
            give_up=_not_sent,
            attempts=len(BACKOFF_S) + 1,
            backoff_s=BACKOFF_S,
        ),
    )


def _claimant(app: App, user_id: UUID, token: str) -> str | None:
    """Return the address that is claimed, with the token kept for that claim."""
    with app.engine.begin() as connection:
        claim = claims.find(connection, user_id)
        if claim is None:
            return None
        now = app.clock()
        claims.keep_link(connection, claim, token, now, now + CLAIM)
        return claim.email


def _owner(app: App, user_id: UUID, token: str) -> str | None:
    return app.query(lambda connection: recall_email(connection, user_id))


WRITE_TO = {"verify_email": _claimant, "sign_up_attempted": _owner}


def _sent(unit: Unit, task: Task, result: Any) -> None:
    """Nothing to record: the message itself is the effect."""


def _not_sent(unit: Unit, task: Task, error: ServiceError) -> None:
    """A mail that cannot be sent undoes nothing; the dead job says so."""


def end_bans(app: App) -> None:
    """Note which bans have run out: they do not hold any more as it is."""
    for user_id in app.query(lambda connection: users.ran_out(connection, app.clock())):
        by = Call(
            id=ids.fresh(),
            at=app.clock(),
            actor=service_actor(app.service.name),
            correlation_id=str(ids.fresh()),
        )
        app.handle(user.decider, user_id, user.EndBan(), by)


END_BANS = Schedule(name="end_bans", every_s=60, run=end_bans)
