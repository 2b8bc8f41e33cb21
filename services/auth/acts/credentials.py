"""Another password: judged by whose it is, and taken, however its person has shown who they are."""

from uuid import UUID

from sqlalchemy import Connection

from auth import kept, verifications
from auth.acts import mailing, second_factor
from auth.acts.password_rules import require
from auth.domain import user, user_messages
from auth.projections import users
from chassis.unit.calls import Decided
from chassis.unit.deciding import Unit


def judge(db: Connection, user_id: UUID, password: str) -> None:
    """Raise `Invalid` by `new_password` for one that is among the first to be tried."""
    texts, workspace_id = kept.recall_texts(db, user_id), users.workspace_of(db, user_id)
    of_workspace = kept.recall_texts(db, workspace_id) if workspace_id else {}
    require(
        password,
        name=texts.get("name", ""),
        address=texts.get("email", ""),
        workspace=of_workspace.get("name", ""),
        field="new_password",
    )


def must_stand(unit: Unit, user_id: UUID, verified: str | None) -> None:
    """Refuse a password that was changed since it was looked at; then it stays as it is.

    Whoever begins a session with it waits here for who began one a moment before.
    """
    if kept.hold_password(unit.connection, user_id) != verified:
        raise second_factor.wrong()


def replace(unit: Unit, user_id: UUID, hashed: str, how: str) -> Decided:
    """Give a person another password; `how`: changed | reset. The person and address are held.

    Nothing that was mailed to them before opens anything any more, and they are told.
    """
    address = kept.recall_texts(unit.connection, user_id)["email_folded"]
    unit.execute(kept.keep_password(user_id, hashed, unit.call.at))
    unit.execute(verifications.void_all(user_id, address))
    mailing.mail(unit, address, "password_changed", user_id, how=how)
    return unit.decide(user.decider, user_id, user_messages.ChangePassword(how=how))
