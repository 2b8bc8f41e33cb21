"""Another e-mail address: asked for, and taken once it has answered (`verifying.py`)."""

from uuid import UUID

from auth import claims, kept, verifications
from auth.acts import mailing, sessions
from auth.domain import user, user_messages
from auth.projections import users
from auth.verifications import Mailed
from chassis.asked import Written
from chassis.door.rules import folded
from chassis.personal import keep
from chassis.unit.deciding import Unit
from contracts.auth.accounts import ChangeEmail


def change(unit: Unit, asked: ChangeEmail) -> Written:
    """Mail a link to the address that the caller wants, and a notice to the one that they have.

    What was asked for before is void. Somebody's address is answered alike, and gets no mail.
    """
    user_id, wanted = unit.call.actor.user_id, folded(asked.email)
    present = kept.recall_texts(unit.connection, user_id)["email_folded"]
    mailing.hold(unit, present, wanted)
    free = _is_free(unit, wanted, user_id)
    unit.execute(verifications.void("change_email", user_id))
    unit.execute(keep(user_id, user_id, _wanted(asked.email, wanted) if free else NOTHING_WANTED))
    mailing.mail(unit, wanted, "change_email", user_id if free else mailing.nobody(unit))
    mailing.mail(unit, present, "email_change_asked", user_id)
    return unit.decide(user.decider, user_id, user_messages.AskEmailChange()).written


def _is_free(unit: Unit, address: str, user_id: UUID) -> bool:
    return users.find(unit.connection, address) in (None, user_id)


def _wanted(email: str, address: str) -> dict[str, str]:
    return {"new_email": email, "new_email_folded": address}


NOTHING_WANTED = _wanted("", "")


def move(unit: Unit, mailed: Mailed, password: str) -> None:
    """Give a person the address that has answered; all their sessions end.

    `password`: the hash that their link was followed with. Nobody claims the address any more, and
    nothing else opens what was mailed to the person. Raises `Rejected("auth.token_invalid")` where
    that link is not good any more, `auth.user_banned`.
    """
    user_id, address = mailed.subject, mailed.address
    before = kept.recall_texts(unit.connection, user_id).get("email_folded", "")
    mailing.hold(unit, before, address)
    unit.hold(user.decider, user_id)
    texts = kept.recall_texts(unit.connection, user_id)
    stands = verifications.holds(unit.connection, mailed, unit.call.at)
    asked_for = texts.get("new_email_folded") == address and texts.get("email_folded") == before
    same = kept.recall_password(unit.connection, user_id) == password
    if not (stands and asked_for and same and _is_free(unit, address, user_id)):
        raise verifications.invalid()
    unit.may(user.decider, user_id, user_messages.Admit())
    mailing.mail(unit, before, "email_changed", user_id)  # who has had it hears of it
    taken = {"email": texts["new_email"], "email_folded": address, **NOTHING_WANTED}
    had = mailing.FORMER_ADDRESSES
    former = {
        "former_email": texts["email"],
        had: " ".join(sorted({before, *texts.get(had, "").split()})),
    }
    unit.execute(keep(user_id, user_id, {**taken, **former}))
    claims.leave(unit.connection, address, newest=0)
    unit.execute(verifications.spend(mailed, user_id, unit.call.at))
    unit.execute(verifications.void_all(user_id, before, address, but=mailed))
    unit.decide(user.decider, user_id, user_messages.ChangeEmail())
    sessions.end_all(unit, user_id)
