"""Addresses of which it is not known whose they are: held, written to, and not too often."""

from collections.abc import Mapping, Set
from uuid import UUID

from auth import claims, kept
from auth.domain import user
from auth.domain.claims import mailed_lately, may_mail
from chassis import ids
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit

FACTS: Mapping[str, Set[str]] = {  # that a mail is asked for with; the others with none
    "password_changed": {"how"},  # changed | reset
    "totp_changed": {"how"},  # on | off | by_admin
    "new_sign_in": {"session", "failures"},
}


def hold(unit: Unit, *addresses: str) -> None:
    """Hold folded addresses until the unit ends: who claims them, and has them, stays as it is."""
    unit.hold(user.decider, *(ids.derive(ids.ROOT, "address", each) for each in addresses))


def nobody(unit: Unit) -> UUID:
    """Return whom a mail is about that nobody gets: it is queued, and counts, like any other."""
    return ids.derive(unit.call.id, "nobody")


def hold_person(unit: Unit, user_id: UUID) -> str:
    """Hold the address that a person has, before they are held or decided on; return it."""
    address = kept.recall_texts(unit.connection, user_id).get("email_folded", "")
    hold(unit, address)
    return address


def mail(unit: Unit, address: str, template: str, subject: UUID | None, **facts: str) -> bool:
    """Mail to a held address about `subject`, unless it has had enough of that template lately.

    Return whether it is mailed. The statements are the same for an address that is nobody's, and
    where there is nothing to say (None). `facts` lie in a queue: ids, counts, which of several
    changes; what is personal is looked up as the mail is sent (`mailings.py`).
    """
    if facts.keys() != FACTS.get(template, frozenset()):
        raise AssertionError(f"{template} is mailed with {', '.join(facts) or 'no facts'}")
    at = unit.call.at
    sent = claims.recall_mailed(unit.connection, address, template)
    counts = mailed_lately(sent, at)
    goes = subject is not None and may_mail(sent, at)
    if subject is not None and goes:
        args = {**facts, "template": template, "at": at}
        unit.queue(Job(kind="mail", name=template, subject=subject, args=args))
        counts.append(at)
    unit.execute(claims.keep_mailed(address, template, counts, at))
    return goes
