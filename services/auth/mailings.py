"""Which mails there are, a line each: to whom one goes and what it says, where its link leads.

All of it is looked up as the mail is sent. A job's arguments are its template, when it was asked
for, and facts: ids, counts, which of several changes.
"""

from collections.abc import Callable, Mapping
from dataclasses import field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from auth import claims, kept
from auth.domain.session import IMPERSONATION
from auth.gateways.letters import shown
from auth.projections import offers
from chassis.domain import value
from chassis.jobs.jobs import Task

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@value
class Said:
    """To whom a mail goes, and what it says besides its template."""

    address: str = field(repr=False)  # as it is written
    folded: str = field(repr=False)
    words: Mapping[str, Any] = field(default_factory=dict, repr=False)
    logo: str | None = None  # the reference to a picture that it shows


@value
class Mail:
    """One mail: `says` finds nobody (None) where it is not to be sent any more."""

    says: Callable[[Connection, Task], Said | None]
    page: str  # of the web application, where its link leads
    purpose: str | None = None  # that the token of its link is good for


def to_claimant(db: Connection, task: Task) -> Said | None:
    """Return who claims an address that is not verified yet."""
    claim = claims.find(db, task.subject)
    return Said(address=claim.email, folded=claim.address) if claim else None


def to_person(db: Connection, task: Task, field: str = "email") -> Said | None:
    """Return whose account it is; None once they are erased, or have no such address."""
    texts = kept.recall_texts(db, task.subject)
    if not texts.get(field):
        return None
    return Said(address=texts[field], folded=texts[f"{field}_folded"])


def to_person_or_claimant(db: Connection, task: Task) -> Said | None:
    """Return whose account it is, or is to be."""
    return to_person(db, task) or to_claimant(db, task)


def to_new_address(db: Connection, task: Task) -> Said | None:
    """Return the address that somebody wants for their account."""
    return to_person(db, task, "new_email")


def to_noticed(db: Connection, task: Task) -> Said | None:
    """Return the address that somebody had as it was done; None once they are erased."""
    texts = _notice(db, task)
    if not texts:
        return None
    return Said(address=texts["email"], folded=texts["email_folded"])


def _notice(db: Connection, task: Task) -> Mapping[str, str]:
    return kept.recall_texts(db, UUID(task.args["notice"]))


def to_invited(db: Connection, task: Task) -> Said | None:
    """Say who invites to what, as long as they may; it looks as the workspace does."""
    offer = offers.pending(db, task.subject, _asked_at(task))
    if offer is None:
        return None
    words = {
        "inviter": shown(offer.inviter),
        "workspace": shown(offer.workspace),
        "role": offer.role,
        "until": moment(offer.expires_at),
        "colour": offer.primary_color,
    }
    return Said(address=offer.email, folded=offer.email_folded, words=words, logo=offer.logo)


def of_change(db: Connection, task: Task) -> Said | None:
    """Say which of several changes it was."""
    to = to_noticed(db, task)
    return replace(to, words={"how": task.args["how"]}) if to else None


def of_sign_in(db: Connection, task: Task) -> Said | None:
    """Say from where somebody signed in, and how often it was tried in vain before."""
    to, seen = to_noticed(db, task), _notice(db, task)
    failures = int(task.args["failures"])
    words = {
        "at": moment(_asked_at(task)),
        "ip": shown(seen.get("ip_address", "")),
        "browser": shown(seen.get("user_agent", "")),
        "failed": f"{failures or 'none'} before it",
    }
    return replace(to, words=words) if to else None


def of_impersonation(db: Connection, task: Task) -> Said | None:
    """Say from when to when an administrator may act as somebody."""
    to, at = to_noticed(db, task), _asked_at(task)
    return (
        replace(to, words={"at": moment(at), "until": moment(at + IMPERSONATION)}) if to else None
    )


def moment(at: datetime) -> str:
    """Return '1 March 2026, 12:00 UTC'."""
    return f"{at.day} {MONTHS[at.month - 1]} {at:%Y, %H:%M} UTC"


def _asked_at(task: Task) -> datetime:
    return datetime.fromisoformat(task.args["at"])


SIGN_IN, FORGOTTEN, HOME = "sign-in", "forgot-password", ""
MAILS: Mapping[str, Mail] = {
    "verify_email": Mail(says=to_claimant, page="verify-email", purpose="verify_email"),
    "sign_up_attempted": Mail(says=to_person, page=SIGN_IN),
    "invitation": Mail(says=to_invited, page="invitation", purpose="invitation"),
    "reset_password": Mail(
        says=to_person_or_claimant, page="reset-password", purpose="reset_password"
    ),
    "set_password": Mail(says=to_person, page="reset-password", purpose="set_password"),
    "change_email": Mail(says=to_new_address, page="verify-email", purpose="change_email"),
    "email_change_asked": Mail(says=to_noticed, page=FORGOTTEN),
    "email_changed": Mail(says=to_noticed, page=HOME),
    "password_changed": Mail(says=of_change, page=FORGOTTEN),
    "totp_changed": Mail(says=of_change, page=FORGOTTEN),
    "new_sign_in": Mail(says=of_sign_in, page=FORGOTTEN),
    "impersonated": Mail(says=of_impersonation, page=HOME),
}
