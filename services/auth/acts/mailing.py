"""Addresses of which it is not known whose they are: held, written to, and not too often."""

from collections.abc import Mapping, Set
from types import MappingProxyType
from uuid import UUID

from auth import claims, kept
from auth.domain import user
from auth.domain.claims import mailed_lately, may_mail
from auth.projections import users
from chassis import ids
from chassis.personal import keep
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit

FORMER_ADDRESSES = "former_addresses"  # a text of a person: all that they have had, folded
FACTS: Mapping[str, Set[str]] = {  # that a mail is asked for with; the others with none
    "password_changed": {"how"},  # changed | reset
    "totp_changed": {"how"},  # on | off | by_admin
    "new_sign_in": {"failures"},
}
NOTICES = {  # of what was done, to the address that the person had as it was done
    "email_change_asked",
    "email_changed",
    "password_changed",
    "totp_changed",
    "new_sign_in",
    "impersonated",
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


def hold_all(unit: Unit, user_id: UUID) -> None:
    """Hold all addresses that a person has or had, before they are held themselves."""
    hold(unit, *_all(unit, user_id))


def theirs(unit: Unit, user_id: UUID) -> list[str]:
    """Return the address that a held person has, and those that they had and nobody has now."""
    return [
        each
        for each in sorted(_all(unit, user_id))
        if users.find(unit.connection, each) in (None, user_id)
    ]


def _all(unit: Unit, user_id: UUID) -> set[str]:
    texts = kept.recall_texts(unit.connection, user_id)
    return {*texts.get("email_folded", "").split(), *texts.get(FORMER_ADDRESSES, "").split()}


def mail(
    unit: Unit,
    address: str,
    template: str,
    subject: UUID | None,
    seen: Mapping[str, str] = MappingProxyType({}),
    **facts: str,
) -> bool:
    """Mail to a held address about `subject`, unless it has had enough of that template lately.

    Return whether it is mailed. The statements are the same for an address that is nobody's, and
    where there is nothing to say (None). `facts` lie in a queue: ids, counts, which of several
    changes; what is personal is looked up as the mail is sent (`mailings.py`). To whom a notice
    goes, and with what somebody was `seen`, is kept until then: whoever has taken an account could
    give it another address meanwhile, and its owner would hear of nothing.
    """
    if facts.keys() != FACTS.get(template, frozenset()):
        raise AssertionError(f"{template} is mailed with {', '.join(facts) or 'no facts'}")
    at = unit.call.at
    sent = claims.recall_mailed(unit.connection, address, template)
    counts = mailed_lately(sent, at)
    goes = subject is not None and may_mail(sent, at)
    if subject is not None and goes:
        args = {**facts, "template": template, "at": at}
        if template in NOTICES:
            args["notice"] = _keep_notice(unit, template, subject, seen)
        unit.queue(Job(kind="mail", name=template, subject=subject, args=args))
        counts.append(at)
    unit.execute(claims.keep_mailed(address, template, counts, at))
    return goes


def _keep_notice(unit: Unit, template: str, user_id: UUID, seen: Mapping[str, str]) -> UUID:
    """Keep the address that a person has; return the row, which goes once the notice is sent."""
    row = ids.derive(unit.call.id, "notice", template, user_id)
    texts = kept.recall_texts(unit.connection, user_id)
    to = {field: texts[field] for field in ("email", "email_folded")}
    unit.execute(keep(row, user_id, {**to, **seen}))
    return row
