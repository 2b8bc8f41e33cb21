"""Mail, and the bans that run out.

The job of a mail mints a token, keeps its hash and sends: no raw token waits anywhere.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from auth.domain import user
from auth.domain.user import SignedUp
from auth.kept import keep_verification, recall_email
from auth.projections import users
from chassis import ids
from chassis.errors import ServiceError
from chassis.identity import service_actor
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task
from chassis.jobs.schedules import Schedule
from chassis.unit.calls import Call, CancelJobs, Job
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from chassis.unit.store import Recorded
from gateways.mail import MailFolder

VERIFICATION = timedelta(hours=24)
BACKOFF_S = (10, 60, 300, 1_800, 7_200, 21_600)  # a mail server comes back
TEXTS = {
    "verify_email": (
        "Confirm your e-mail address",
        "Welcome to AI Studio.\n\nOpen this link within 24 hours to confirm your address:\n"
        "{url}/verify-email?token={token}\n",
    ),
    "sign_up_attempted": (
        "Somebody tried to sign up with your address",
        "Somebody tried to make an AI Studio account with this address, which has one already.\n"
        "If it was you: sign in, or ask for a new password. If not: nothing has happened.\n",
    ),
}


def jobs(recorded: Recorded, state: Any) -> Iterable[Job | CancelJobs]:
    """Queue what an event asks for."""
    match recorded.event:
        case SignedUp():
            yield Job(kind="mail", subject=recorded.subject, args={"template": "verify_email"})


def kinds(app: App, mail: MailFolder, public_url: str) -> tuple[Kind, ...]:
    """Return the kinds of job that auth does; links in mails lead to `public_url`."""

    def run(task: Task, control: Control) -> None:
        subject, text = TEXTS[task.args["template"]]
        address = app.query(lambda connection: recall_email(connection, task.subject))
        token = ids.token()
        if address is None:  # erased meanwhile
            return
        if task.args["template"] == "verify_email":
            _keep_token(app, address, token)
        body = text.format(url=public_url, token=token)
        mail.send(str(task.id), address, subject, body, app.clock())

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


def _keep_token(app: App, address: str, token: str) -> None:
    now = app.clock()
    kept = keep_verification(ids.fresh(), address, token, now, now + VERIFICATION)
    with app.engine.begin() as connection:
        connection.execute(kept)


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
