"""An address is verified: by what was mailed to it, and the password that goes with it."""

from dataclasses import field
from functools import partial

from sqlalchemy import Connection

from auth import claims, kept, verifications
from auth.acts import addresses, founding, mailing, throttling
from auth.acts.sessions import of_holder, start_session
from auth.claims import Claim
from auth.gateways import passwords
from auth.verifications import Mailed
from chassis.domain import value
from chassis.door.edge import Door
from chassis.errors import Invalid
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from contracts.auth.accounts import Verified, VerifyEmail

LINKS = ("verify_email", "change_email")


@value
class Proof:
    """What somebody has shown: that they read the mails of an address, and know its password."""

    mailed: Mailed
    claim: Claim | None  # whose password it is; None: an account's
    address: str = field(repr=False)  # folded: whose tries these are
    password: str = field(repr=False)  # the hash that the account has, or is to have


def verify(door: Door, call: Call, asked: VerifyEmail) -> Verified:
    """Make the account of who claims an address, and sign them in; or give one another address.

    Raises `Rejected("auth.token_invalid")` alike for a token or a code that is unknown, spent or
    expired, and for a password that does not go with it, which spends no link; `RateLimited` for
    a code, or an account's password, after too many. The very token that was spent is answered
    once more, without a session.
    """
    proof = _proof(door, call, asked)
    held = of_holder(door.tools.keys, call, f"{asked.token or asked.code}", asked.password)
    return founding.in_turn(door, held, partial(_verify, proof), Verified)


def _mailed(door: Door, call: Call, asked: VerifyEmail) -> Mailed | None:
    """Return what was mailed. A code is counted before it is looked at, known or not."""
    match asked.token, asked.email, asked.code:
        case str(token), None, None:
            return door.app.query(lambda db: verifications.by_token(db, LINKS, token, call.at))
        case None, str(address), str(code):
            throttling.reserve(door, call, address, None)
            hashes = verifications.code_hashes(door.tools.keys, address, code)
            return door.app.attempt(
                call, lambda unit: verifications.try_code(unit.connection, address, hashes, call.at)
            )
        case _:
            wrong = dict.fromkeys(("token", "email", "code"), ["A token; or address and code."])
            raise Invalid("chassis.invalid_argument", details={"fields": wrong})


def _proof(door: Door, call: Call, asked: VerifyEmail) -> Proof | None:
    """Return the proof, if the password is right; one hash is made for whatever it is.

    With a link, too, an account's password is guessed no faster than elsewhere: each try counts.
    """
    mailed, password = _mailed(door, call, asked), asked.password
    claim, stored, address = door.app.query(partial(_waiting, mailed))
    if asked.token is not None and claim is None and stored is not None:
        throttling.reserve(door, call, address, None)
    right = door.app.offload(passwords.matches, stored, password)
    if mailed is None or stored is None or not right:
        return None
    if claim is not None:
        stored = door.app.offload(passwords.hashed, password)
    return Proof(mailed=mailed, claim=claim, address=address, password=stored)


def _waiting(mailed: Mailed | None, db: Connection) -> tuple[Claim | None, str | None, str]:
    """Return the claim that waits for this, its password's hash and address; or an account's."""
    if mailed is None:
        return None, None, ""
    if mailed.spent or mailed.purpose == "change_email":
        address = kept.recall_texts(db, mailed.subject).get("email_folded", "")
        return None, kept.recall_password(db, mailed.subject), address
    claim = claims.find(db, mailed.subject)
    return claim, claim.password if claim else None, mailed.address


def _verify(proof: Proof | None, attempt: int, unit: Unit) -> Verified:
    if proof is None:
        raise verifications.invalid()
    if proof.mailed.spent:
        verified = _without_session(proof)
    elif proof.claim is None:
        addresses.move(unit, proof.mailed, proof.password)
        verified = _without_session(proof)
    else:
        verified = _begin(unit, proof.mailed, proof.claim, proof.password, attempt)
    throttling.forgive(unit, proof.address, None)
    return verified


def _without_session(proof: Proof) -> Verified:
    return Verified(user_id=proof.mailed.subject, session_token=None, expires_at=None)


def _begin(unit: Unit, mailed: Mailed, claim: Claim, password: str, attempt: int) -> Verified:
    mailing.hold(unit, claim.address)  # then looked at again: one of two rivals is first
    stands = verifications.holds(unit.connection, mailed, unit.call.at)
    if not stands or claims.find(unit.connection, claim.user_id) != claim:
        raise verifications.invalid()
    person = founding.begin(unit, claim, password, attempt, spent=mailed)
    started = start_session(unit, person, {})
    return Verified(
        user_id=person.id, session_token=started.session_token, expires_at=started.expires_at
    )
