"""The second factor: shown at a sign-in, switched off, its recovery codes. On: `enrolling`.

A code is tried in two steps: `reserve` counts the try, before the unit and in a transaction of its
own, as a unit that refuses leaves nothing; then `proven`, within the unit.
"""

from functools import partial
from uuid import UUID

from auth import attempts, second_factors
from auth.acts import mailing, throttling
from auth.domain import user, user_messages
from auth.domain.attempts import BY_SECOND_FACTOR
from auth.domain.session import CODE, PASSWORD
from auth.domain.user_states import User
from auth.gateways import authenticator
from auth.secret_keys import SecretKeys
from chassis.asked import Written
from chassis.door.edge import Door
from chassis.errors import Rejected, Unauthenticated
from chassis.personal import keep
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from contracts.auth.second_factor import (
    DisableTotp,
    NewRecoveryCodes,
    RecoveryCodes,
    ResetTotp,
)

HOW_MANY = 10  # recovery codes
NO_CODE = "auth.code_required"


def reserve(door: Door, call: Call, user_id: UUID, code: str | None) -> None:
    """Count that a person's code is tried. Raises `RateLimited("auth.too_many_attempts")`."""
    if code is not None:
        throttling.count(door, call, {_tries(user_id): BY_SECOND_FACTOR})


def proven(unit: Unit, keys: SecretKeys, user_id: UUID, code: str | None) -> tuple[str, ...]:
    """Return what a person has shown who knows their password: that, and where it is on a code.

    The person is held, and the code's try was reserved; it is spent. Raises `Unauthenticated`:
    `auth.code_required` without one, `auth.invalid_credentials` for one that is wrong or was shown
    before.
    """
    person: User = unit.state(user.decider, user_id)
    if not person.totp_enabled:
        if code is not None:  # whatever it is: it was none to guess
            forgive(unit, user_id)
        return (PASSWORD,)
    if code is None:
        raise Unauthenticated(NO_CODE, "the code of your authenticator is asked too")
    _spend(unit, keys, user_id, code)
    return PASSWORD, CODE


def disable(door: Door, call: Call, asked: DisableTotp) -> Written:
    """Switch the second factor off, by its code or a recovery code.

    Raises `Rejected("auth.totp_not_enabled")`, `Unauthenticated` as `proven` does.
    """
    reserve(door, call, call.actor.user_id, asked.code)
    return door.app.unit(call, partial(_disable, door.tools.keys, asked.code), Written)


def _disable(keys: SecretKeys, code: str, unit: Unit) -> Written:
    me = unit.call.actor.user_id
    address = mailing.hold_person(unit, me)
    written = unit.decide(user.decider, me, user_messages.DisableTotp()).written
    _spend(unit, keys, me, code)
    second_factors.forget(unit.connection, me)
    mailing.mail(unit, address, "totp_changed", me, how="off")
    return written


def renew_codes(door: Door, call: Call, asked: NewRecoveryCodes) -> RecoveryCodes:
    """Draw ten other recovery codes, by the authenticator's code: a recovery code is none here.

    Raises as `disable` does.
    """
    reserve(door, call, call.actor.user_id, asked.code)
    return door.app.unit(call, partial(_renew, door.tools.keys, asked.code), RecoveryCodes)


def _renew(keys: SecretKeys, code: str, unit: Unit) -> RecoveryCodes:
    me = unit.call.actor.user_id
    stands = unit.may(user.decider, me, user_messages.Admit())
    if not stands.state.totp_enabled:
        raise Rejected("auth.totp_not_enabled", "there is no second factor")
    if not _is_shown(unit, keys, me, typed(code)):
        raise wrong()
    forgive(unit, me)
    return drawn_codes(unit, stands.written)


def reset(unit: Unit, asked: ResetTotp) -> Written:
    """Take the second factor from who has lost it. Raises `Rejected("auth.totp_not_enabled")`."""
    address = mailing.hold_person(unit, asked.user_id)
    written = unit.decide(user.decider, asked.user_id, user_messages.ResetTotp()).written
    unit.execute(keep(asked.user_id, asked.user_id, {"totp_reset_reason": asked.reason}))
    second_factors.forget(unit.connection, asked.user_id)
    forgive(unit, asked.user_id)
    mailing.mail(unit, address, "totp_changed", asked.user_id, how="by_admin")
    return written


def _spend(unit: Unit, keys: SecretKeys, user_id: UUID, written: str) -> None:
    code = typed(written)
    recovery = authenticator.recovery_code(code)
    shown = _is_shown(unit, keys, user_id, code)
    if not (shown or second_factors.spend(unit.connection, user_id, recovery, unit.call.at)):
        raise wrong()
    forgive(unit, user_id)


def _is_shown(unit: Unit, keys: SecretKeys, user_id: UUID, code: str) -> bool:
    """Whether it is a code of the person's authenticator that was not shown before."""
    its = second_factors.recall(unit.connection, user_id)
    step = authenticator.step_of(keys.opened(its.secret), code, unit.call.at) if its else None
    return step is not None and second_factors.take_step(unit.connection, user_id, step)


def forgive(unit: Unit, user_id: UUID) -> None:
    """A code was right: those before it are forgotten."""
    attempts.forget(unit.connection, {_tries(user_id)}, one_less=())


def _tries(user_id: UUID) -> str:
    return attempts.key("second factor", str(user_id))


def drawn_codes(unit: Unit, written: Written) -> RecoveryCodes:
    """Draw the caller's recovery codes; earlier ones are dead."""
    codes = tuple(authenticator.new_recovery_code() for _ in range(HOW_MANY))
    hashed = map(authenticator.recovery_code, codes)
    second_factors.keep_codes(unit.connection, unit.call.actor.user_id, hashed)
    return RecoveryCodes(id=written.id, version=written.version, recovery_codes=codes)


def typed(code: str) -> str:
    """Return a code as it is meant: an authenticator shows it in two groups."""
    return code.replace(" ", "")


def wrong() -> Unauthenticated:
    """Return the one refusal of a wrong password and a wrong code."""
    return Unauthenticated("auth.invalid_credentials", "unknown e-mail address or password")
