"""A system admin acts as somebody: in a session of its own, for an hour at most."""

from functools import partial

from auth.acts import mailing, sessions
from auth.domain import session, user, user_messages
from chassis.asked import Written
from chassis.door.edge import Door
from chassis.errors import Rejected
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit, not_found
from contracts.auth.impersonation import Impersonation, StartImpersonation, StopImpersonation


def start(door: Door, call: Call, asked: StartImpersonation) -> Impersonation:
    """Begin to act as a person, who is told by mail where that is set; why is kept.

    Raises `Rejected("auth.not_impersonable")` for oneself, an admin, somebody banned, and for who
    acts as somebody already.
    """
    work = partial(_start, asked, door.tools.impersonation_notice)
    return door.app.unit(call, work, Impersonation)


def _start(asked: StartImpersonation, notice: bool, unit: Unit) -> Impersonation:
    admin, user_id = unit.call.actor, asked.user_id
    if admin.impersonated_by is not None:
        raise Rejected("auth.not_impersonable", "nobody acts as somebody who acts as somebody")
    address = mailing.hold_person(unit, user_id)
    # nobody bans, erases or makes an admin of either meanwhile
    unit.hold(user.decider, admin.user_id, user_id, shared=True)
    question = user_messages.Impersonate(of_oneself=user_id == admin.user_id)
    person = unit.may(user.decider, user_id, question)
    why = {"impersonation_reason": asked.reason}
    begun = sessions.start_session(unit, person, why, admin.amr, impersonated_by=admin.user_id)
    if notice:
        mailing.mail(unit, address, "impersonated", user_id)
    return Impersonation(
        session_id=begun.session_id,
        session_token=begun.session_token,
        expires_at=begun.expires_at,
    )


def stop(unit: Unit, asked: StopImpersonation) -> Written:
    """End an impersonation, whichever admin began it.

    Raises `NotFound("auth.session_not_found")` for a person's own session as for none.
    """
    acted = unit.state(session.decider, asked.session_id)
    if acted is None or acted.impersonated_by is None:
        raise not_found("auth", session.decider)
    return sessions.end(unit, asked.session_id).written
