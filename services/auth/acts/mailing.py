"""Addresses of which it is not known whose they are: held, written to, and not too often."""

from uuid import UUID

from auth import claims
from auth.domain import user
from auth.domain.claims import mailed_lately, may_mail
from chassis import ids
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit


def hold(unit: Unit, address: str) -> None:
    """Hold a folded address until the unit ends: who claims it, and who has it, stays as it is."""
    unit.hold(user.decider, ids.derive(ids.ROOT, "address", address))


def mail(unit: Unit, address: str, template: str, subject: UUID | None) -> bool:
    """Mail to a held address about `subject`, unless it has had enough of that template lately.

    Return whether it is mailed. The statements are the same for an address that is nobody's, and
    where there is nothing to say (None).
    """
    at = unit.call.at
    sent = claims.recall_mailed(unit.connection, address, template)
    counts = mailed_lately(sent, at)
    goes = subject is not None and may_mail(sent, at)
    if subject is not None and goes:
        unit.queue(Job(kind="mail", subject=subject, args={"template": template}))
        counts.append(at)
    unit.execute(claims.keep_mailed(address, template, counts, at))
    return goes
