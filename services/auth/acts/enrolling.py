"""Switching a second factor on: a secret for an authenticator, then a code that shows it."""

from functools import partial

from auth import kept, second_factors
from auth.acts import mailing
from auth.acts.second_factor import drawn_codes, forgive, reserve, typed, wrong
from auth.domain import user, user_messages
from auth.gateways import authenticator
from auth.secret_keys import SecretKeys
from chassis.door.edge import Door
from chassis.errors import Rejected
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from contracts.auth.second_factor import ConfirmTotp, EnableTotp, RecoveryCodes, TotpSecret


def enable(door: Door, call: Call, asked: EnableTotp) -> TotpSecret:
    """Draw a secret; nothing is asked of it before it is confirmed, and again: another one.

    Raises `Rejected("auth.totp_enabled")`.
    """
    return door.app.unit(call, partial(_draw, door.tools.keys), TotpSecret)


def _draw(keys: SecretKeys, unit: Unit) -> TotpSecret:
    me = unit.call.actor.user_id
    stands = unit.may(user.decider, me, user_messages.EnableTotp())
    secret = authenticator.new_secret()
    sealed = keys.sealed(secret)
    if not second_factors.keep(unit.connection, me, sealed, keys.current, unit.call.at):
        raise Rejected("auth.totp_enabled", "disable the present second factor first")
    account = kept.recall_email(unit.connection, me) or ""
    shown = authenticator.uri(secret, account)
    return TotpSecret(id=me, version=stands.version, secret=secret, otpauth_uri=shown)


def confirm(door: Door, call: Call, asked: ConfirmTotp) -> RecoveryCodes:
    """Switch the second factor on; where it is on, nothing happens and no codes are drawn.

    Raises `Rejected("auth.totp_not_enabled")` where no secret was drawn, `Unauthenticated` as
    `proven` does.
    """
    reserve(door, call, call.actor.user_id, asked.code)
    return door.app.unit(call, partial(_confirm, door.tools.keys, asked.code), RecoveryCodes)


def _confirm(keys: SecretKeys, code: str, unit: Unit) -> RecoveryCodes:
    me = unit.call.actor.user_id
    address = mailing.hold_person(unit, me)
    was_on = unit.state(user.decider, me).totp_enabled
    written = unit.decide(user.decider, me, user_messages.ConfirmTotp()).written
    if was_on:
        return RecoveryCodes(id=me, version=written.version, recovery_codes=None)
    drawn = second_factors.recall(unit.connection, me)
    if drawn is None:
        raise Rejected("auth.totp_not_enabled", "draw a secret first")
    step = authenticator.step_of(keys.opened(drawn.secret), typed(code), unit.call.at)
    if step is None or not second_factors.confirm(unit.connection, drawn, step, unit.call.at):
        raise wrong()
    forgive(unit, me)
    mailing.mail(unit, address, "totp_changed", me, how="on")
    return drawn_codes(unit, written)
