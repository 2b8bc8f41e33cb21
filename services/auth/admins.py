"""System admins: made by whoever runs auth's host, never over RPC."""

from typing import Any

from auth import claims, kept
from auth.acts import mailing
from auth.domain import user
from auth.gateways import passwords
from auth.schemas import RULES
from chassis import ids
from chassis.asked import Written
from chassis.codec import load_with
from chassis.door.rules import folded
from chassis.identity import service_actor
from chassis.marshalling import request
from chassis.personal import keep
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from contracts.auth.accounts import SignUp

NAME = "System admin"


def create_system_admin(app: App, email: str, password: str) -> dict[str, Any]:
    """Make an administrator of the platform; return `Written` as JSON.

    Raises `Invalid` for an address or a password that sign-up would refuse,
    `Rejected("auth.email_taken")` for a known address.
    """
    written = {"name": NAME, "email": email, "password": password}
    kept_as = load_with(request(SignUp, RULES[SignUp]), written)["email"]
    address = folded(kept_as)
    hashed = app.offload(passwords.hashed, password)

    def work(unit: Unit) -> Written:
        mailing.hold(unit, address)
        claims.leave(unit.connection, address, newest=0)
        user_id = ids.derive(unit.call.id, "user")
        texts = {"name": NAME, "email": kept_as, "email_folded": address}
        unit.execute(keep(user_id, user_id, texts))
        unit.execute(kept.keep_password(user_id, hashed, unit.call.at))
        return unit.decide(user.decider, user_id, user.CreateSystemAdmin()).written

    by = Call(
        id=ids.fresh(),
        at=app.clock(),
        actor=service_actor("operator"),
        correlation_id=str(ids.fresh()),
    )
    return app.answer(by, work)
