"""System admins: made by whoever runs auth's host, never over RPC."""

from typing import Any
from uuid import UUID

from auth import claims, kept, verifications
from auth.acts import mailing
from auth.acts.password_rules import require
from auth.domain import user, user_messages
from auth.domain.lifetimes import SET_PASSWORD
from auth.gateways import passwords
from auth.schemas import RULES
from chassis import ids
from chassis.asked import Written
from chassis.codec import load_with, plain
from chassis.door.rules import folded
from chassis.identity import service_actor
from chassis.marshalling import request
from chassis.personal import keep
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from contracts.auth.accounts import ChangeEmail, SignUp

NAME = "System admin"


def create_system_admin(app: App, email: str, password: str) -> dict[str, Any]:
    """Make an administrator of the platform, with a password; return `Written` as JSON.

    Raises `Invalid` for an address or a password that sign-up would refuse,
    `Rejected("auth.email_taken")` for a known address.
    """
    written = {"name": NAME, "email": email, "password": password}
    email = load_with(request(SignUp, RULES[SignUp]), written)["email"]
    require(password, name=NAME, address=email)
    hashed = app.offload(passwords.hashed, password)

    def work(unit: Unit) -> Written:
        made = _made(unit, email)
        unit.execute(kept.keep_password(made.id, hashed, unit.call.at))
        return made

    return dict(plain(app.attempt(_by_an_operator(app), work)))


def invite_system_admin(app: App, email: str) -> tuple[UUID, str]:
    """Make one without a password; return their id, and the token that `reset_password` takes.

    Raises what `create_system_admin` raises. The token is known to nobody else, and for a day.
    """
    email = load_with(request(ChangeEmail, RULES[ChangeEmail]), {"email": email})["email"]
    token = ids.token()

    def work(unit: Unit) -> Written:
        made, at = _made(unit, email), unit.call.at
        hashed, until = kept.digest(token), at + SET_PASSWORD
        link = verifications.keep("set_password", made.id, folded(email), hashed, at, until)
        unit.execute(link)
        return made

    return app.attempt(_by_an_operator(app), work).id, token


def _made(unit: Unit, email: str) -> Written:
    """Make a user of an address that nobody has; nobody claims it any more."""
    address, user_id = folded(email), ids.derive(unit.call.id, "user")
    mailing.hold(unit, address)
    claims.leave(unit.connection, address, newest=0)
    unit.execute(verifications.void_all(user_id, address))
    texts = {"name": NAME, "email": email, "email_folded": address}
    unit.execute(keep(user_id, user_id, texts))
    return unit.decide(user.decider, user_id, user_messages.CreateSystemAdmin()).written


def _by_an_operator(app: App) -> Call:
    return Call(
        id=ids.fresh(),
        at=app.clock(),
        actor=service_actor("operator"),
        correlation_id=str(ids.fresh()),
    )
