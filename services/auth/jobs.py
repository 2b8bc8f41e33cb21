"""Mail. The job mints a token, keeps its hash and sends: no raw token waits anywhere."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from auth.accounts import VERIFICATION
from auth.domain.user import SignedUp
from auth.gateways.mail import MailFolder
from auth.kept import digest, verification
from chassis import ids
from chassis.calls import CancelJobs, Job
from chassis.errors import ServiceError
from chassis.handling import App, Unit
from chassis.jobs import Control, Kind, Task
from chassis.personal import personal
from chassis.store import Recorded

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
        address, token = _address(app, task.subject), ids.token()
        if address is None:  # erased meanwhile
            return
        if task.args["template"] == "verify_email":
            _keep_token(app, address, token)
        body = text.format(url=public_url, token=token)
        mail.send(str(task.id), address, subject, body, app.clock())

    return (Kind(name="mail", run=run, finish=_sent, give_up=_not_sent, attempts=5),)


def _address(app: App, user_id: UUID) -> str | None:
    mine = (personal.c.row_id == str(user_id)) & (personal.c.field == "email")
    query = select(personal.c.value).where(mine)
    return app.query(lambda connection: connection.execute(query).scalar_one_or_none())


def _keep_token(app: App, address: str, token: str) -> None:
    now = app.clock()
    kept = insert(verification).values(
        id=str(ids.fresh()),
        identifier=address,
        value=digest(token),
        expires_at=now + VERIFICATION,
        created_at=now,
        updated_at=now,
    )
    with app.engine.begin() as connection:
        connection.execute(kept)


def _sent(unit: Unit, task: Task, result: Any) -> None:
    """Nothing to record: the message itself is the effect."""


def _not_sent(unit: Unit, task: Task, error: ServiceError) -> None:
    """A mail that cannot be sent undoes nothing; the dead job says so."""
