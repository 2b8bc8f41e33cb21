"""From arguments to a decision and back to JSON: what every RPC method does, in one place.

`service.py` declares its methods with `unit`, `act` and `look` of `green.methods`; all come here,
over RabbitMQ and in the embedded suite alike.
"""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from typing import Any, Self

from marshmallow import Schema
from sqlalchemy import Connection

from chassis import codec, deadline, ids, metrics, telemetry
from chassis.asked import Asked, Keyed, pseudonymous_fields, sensitive_fields, writes
from chassis.domain import value
from chassis.door import listeners, revocations, who
from chassis.door.repeats import digest, digest_of_open
from chassis.door.tokens import AccessTokens
from chassis.errors import Internal, Invalid, ServiceError, Unavailable, of_request
from chassis.identity import Actor, Permission
from chassis.marshalling import Rules, request
from chassis.unit import standing
from chassis.unit.calls import Call
from chassis.unit.handling import App

KEY = re.compile("[^\x00-\x1f\ud800-\udfff]{1,200}")

log = logging.getLogger(__name__)


@value
class Caller:
    """What a call brings besides its arguments."""

    auth_token: str | None = None  # a person's access token
    service: str | None = None  # a service's broker user, validated by the broker
    correlation_id: str | None = None
    call_id: str | None = None  # the message's own id: the same in all attempts at one call
    deadline_s: float | None = None  # how much longer the caller waits


@value
class Door:
    """What a service checks its callers with."""

    app: App
    tokens: AccessTokens
    permissions: Mapping[str, Permission]
    hears: tuple[str, ...] = ()
    secret: str | None = field(default=None, repr=False)  # seals arguments that are sensitive
    tools: Any = None  # what this service's own methods need besides
    log_key: bytes = field(default_factory=who.new_key, repr=False)  # addresses are hashed with it

    def actor(self, caller: Caller, method: str) -> Actor:
        """Return who calls. Raises `Unauthenticated` or `Forbidden`.

        A service that hands on a person's token acts as that person. Where insiders act, nobody
        sees more than they do.
        """
        now, permission = self.app.clock(), self.permissions[method]
        if caller.auth_token is None and caller.service is not None:
            actor = listeners.broker_user(self.app, caller.service, permission)
        else:
            actor = self.tokens.actor(caller.auth_token, now)
        telemetry.know(**who.named(actor))  # of who is refused as well
        permission.check(actor, method, now)
        return replace(actor, is_system_admin=False) if permission.insiders else actor


Answer = Callable[[Door, Call, Any], Any]  # (door, call, request) -> the reply as JSON


@value
class Method:
    """One RPC method: what it is asked, and what answers."""

    name: str
    asked: type[Asked[Any]]
    request: Schema
    answer: Answer
    writes: bool
    key_required: bool
    sensitive: tuple[str, ...]  # arguments that are neither logged nor hashed
    pseudonymous: tuple[str, ...]  # arguments whose keyed hash is logged

    @classmethod
    def of(cls, name: str, asked: type[Asked[Any]], answer: Answer, rules: Rules) -> Self:
        """Return the method that answers this request; `rules`: by field, beyond its type."""
        return cls(
            name=name,
            asked=asked,
            request=request(asked, rules),
            answer=answer,
            writes=writes(asked),
            key_required=issubclass(asked, Keyed),
            sensitive=sensitive_fields(asked),
            pseudonymous=pseudonymous_fields(asked),
        )


def serve(method: Method, facade: Any, args: tuple[Any, ...], arguments: dict[str, Any]) -> Any:
    """Check, run and answer one call; return JSON.

    Raises a `ServiceError`, whatever happens: what nobody expected is logged and `Internal`. A
    call whose caller has stopped waiting is refused before any work. One that runs is finished:
    a repeat finds its reply. Each has a line in the log: who called, and the error's `request_id`.
    """
    door: Door = facade.door
    caller: Caller = facade.caller
    request_id = caller.call_id or str(ids.fresh())
    correlation_id = caller.correlation_id or request_id
    service = door.app.service.name
    named = {"service": service, "request_id": request_id, "correlation_id": correlation_id}
    with (
        telemetry.context(method=method.name, **named),
        metrics.rpc(service, method.name),
        deadline.within(caller.deadline_s),
        of_request(request_id),
    ):
        try:
            deadline.check()
            reply = _answer(method, door, caller, correlation_id, args, dict(arguments))
            log.info("answered")
            return reply
        except ServiceError as error:
            log.info("refused", extra=telemetry.told(error))
            raise
        except Exception:
            log.exception("a bug")
            raise Internal("chassis.internal", "a bug of ours") from None


def _answer(
    method: Method,
    door: Door,
    caller: Caller,
    correlation_id: str,
    args: tuple[Any, ...],
    arguments: dict[str, Any],
) -> Any:
    if args:
        raise Invalid("chassis.invalid_argument", "arguments are given by name")
    actor = door.actor(caller, method.name)
    return _run(method, door, caller, actor, correlation_id, arguments)


def _run(
    method: Method,
    door: Door,
    caller: Caller,
    actor: Actor,
    correlation_id: str,
    arguments: dict[str, Any],
) -> Any:
    if actor.kind == "person":
        door.app.query(lambda connection: _must_stand(connection, method, door, actor))
    options = _options(method, arguments)
    request = method.asked(**codec.load_with(method.request, arguments), **options)
    telemetry.know(**who.pseudonyms(request, method.pseudonymous, door.log_key))
    key = (options.get("idempotency_key") or caller.call_id) if method.asked.remembered else None
    call = _call(method, door, actor, correlation_id, request, key)
    return method.answer(door, call, request)


def _must_stand(connection: Connection, method: Method, door: Door, actor: Actor) -> None:
    """Refuse a revoked token; and by an old view, what is not for the revoked above all."""
    standing.check(connection, actor)
    by_admins = method.writes and door.permissions[method.name].system_admin
    if (method.key_required or by_admins) and revocations.stale(connection, door.app.service.name):
        message = "not before it is known again whose access has been revoked"
        raise Unavailable("auth.revocations_stale", message)


def _options(method: Method, arguments: dict[str, Any]) -> dict[str, Any]:
    """Take out of the arguments what every command accepts."""
    if not method.writes:
        return {}
    key = arguments.pop("idempotency_key", None)
    expected = arguments.pop("expected_version", None)
    wrong = {}
    if key is not None and not (isinstance(key, str) and KEY.fullmatch(key)):
        wrong["idempotency_key"] = ["1 to 200 printable characters."]
    if expected is not None and not (type(expected) is int and expected >= 0):
        wrong["expected_version"] = ["Not a version."]
    if wrong:
        raise Invalid("chassis.invalid_argument", details={"fields": wrong})
    if method.key_required and key is None:
        raise Invalid("chassis.idempotency_key_required", f"{method.name} needs idempotency_key")
    return {"idempotency_key": key, "expected_version": expected}


def _call(
    method: Method, door: Door, actor: Actor, correlation_id: str, request: Any, key: str | None
) -> Call:
    """Return what is known of the call; one with a key is answered once, and then repeated."""
    call = Call(
        id=ids.fresh(),
        at=door.app.clock(),
        actor=actor,
        correlation_id=correlation_id,
        expected_version=request.expected_version if method.writes else None,
    )
    if key is None or not method.writes:
        return call
    # strangers share no keys: only who asks for the same thing can repeat it, and find out that
    # the password was another one
    own = (digest_of_open(request),) if actor.kind == "anyone" else ()
    return replace(
        call,
        id=ids.derive(ids.ROOT, door.app.service.name, method.name, actor, *own, key),
        method=method.name,
        body_sha256=digest(request, door.secret),
    )
