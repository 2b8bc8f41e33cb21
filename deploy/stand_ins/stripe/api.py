"""One call of the API: who calls, what was answered before, what goes wrong, what is done."""

import hashlib
import json
import re
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from stand_ins.stripe.checkout import expire_due
from stand_ins.stripe.faults import strikes
from stand_ins.stripe.form import Params
from stand_ins.stripe.refusals import Refused, invalid
from stand_ins.stripe.routes import Act, Route, routed
from stand_ins.stripe.samples import Object
from stand_ins.stripe.state import API_VERSION, State, fresh

KEY_LIFE_S = 24 * 3600
LONGEST_KEY = 255  # characters
_TEST_KEY = re.compile(r"(sk|rk)_test_\w+")


@dataclass(frozen=True, kw_only=True)
class Call:
    """What was asked over HTTP."""

    method: str
    path: str
    params: Params
    key: str = ""  # the API's
    idempotency_key: str | None = None
    version: str | None = None

    @property
    def name(self) -> str:
        """As faults and the log call it: 'POST /v1/refunds'."""
        return f"{self.method} {self.path}"

    @property
    def fingerprint(self) -> str:
        """What a repeat of its idempotency key has to agree in."""
        said = json.dumps([self.method, self.path, self.params], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is replied; `lost`: nothing is, though it was done."""

    status: int
    body: Object
    headers: dict[str, str] = field(default_factory=dict)
    lost: bool = False


def answer(state: State, call: Call, secret_key: str | None = None) -> Answer:
    """Answer a call whole, and save what changed; `secret_key`: the only one that is let in."""
    with state.lock:
        expire_due(state)
        state.request = {"id": fresh("req"), "idempotency_key": call.idempotency_key}
        try:
            done = _answered(state, call, secret_key)
        except Refused as refusal:
            done = _refused(refusal)
        finally:
            headers = {"Request-Id": state.request["id"], "Stripe-Version": API_VERSION}
            state.request = {"id": None, "idempotency_key": None}
        lost = strikes(state, "reply_lost", call.name)
        state.calls.append({**_noted(call), "status": done.status, "lost": lost})
        state.save()
        return Answer(
            status=done.status, body=done.body, headers={**headers, **done.headers}, lost=lost
        )


def _noted(call: Call) -> Object:
    return {
        "method": call.method,
        "path": call.path,
        "idempotency_key": call.idempotency_key,
        "params": call.params,
        "version": call.version,
    }


def _answered(state: State, call: Call, secret_key: str | None) -> Answer:
    _admit(call, secret_key)
    if strikes(state, "rate_limited", call.name):
        message = "Too many requests hit the API too quickly."
        raise Refused(429, "invalid_request_error", message, "rate_limit")
    if strikes(state, "forbidden", call.name):
        message = "The provided key does not have the required permissions for this endpoint."
        raise Refused(403, "invalid_request_error", message)
    if call.method == "POST" and call.idempotency_key:
        return _once(state, call, call.idempotency_key)
    return _done(state, call)[0]


def _admit(call: Call, secret_key: str | None) -> None:
    known = call.key == secret_key if secret_key else _TEST_KEY.fullmatch(call.key)
    if not known:
        said = f"Invalid API Key provided: {call.key[:8]}***" if call.key else "No API key"
        raise Refused(401, "invalid_request_error", said, kept=False)
    if call.version not in (None, API_VERSION):
        raise invalid(f"The stand-in speaks {API_VERSION} alone, not {call.version}")


def _once(state: State, call: Call, key: str) -> Answer:
    """Answer what was answered before, or do it and keep the answer, 500 included."""
    if len(key) > LONGEST_KEY:
        raise invalid(f"Idempotency keys are limited to {LONGEST_KEY} characters")
    kept = state.answers.get(key)
    if kept is not None and kept["at"] > state.now() - KEY_LIFE_S:
        if kept["fingerprint"] != call.fingerprint:
            message = (
                "Keys for idempotent requests can only be used with the same parameters they were"
                f" first used with. Try using a key other than '{key}'."
            )
            raise Refused(400, "idempotency_error", message)
        again = {"Idempotent-Replayed": "true", "Original-Request": kept["request"]}
        return Answer(status=kept["status"], body=deepcopy(kept["body"]), headers=again)
    made, keep = _done(state, call)
    if keep:
        state.answers[key] = {
            "at": state.now(),
            "fingerprint": call.fingerprint,
            "request": state.request["id"],
            "status": made.status,
            "body": deepcopy(made.body),
        }
    return made


def _done(state: State, call: Call) -> tuple[Answer, bool]:
    """Do it; return the answer and whether it is kept for a repeat."""
    broken = Answer(status=500, body={"error": {"type": "api_error", "message": "Broken."}})
    if strikes(state, "kept_500", call.name):
        return broken, True
    try:
        made = Answer(status=200, body=_acted(state, call))
    except Refused as refusal:
        return _refused(refusal), refusal.kept
    return (broken if strikes(state, "kept_500_done", call.name) else made), True


def _refused(refusal: Refused) -> Answer:
    return Answer(status=refusal.status, body=deepcopy({"error": refusal.error}))


def _acted(state: State, call: Call) -> Object:
    found = routed(call.method, call.path)
    if found is None:
        message = f"Unrecognized request URL ({call.name}): the stand-in does not know it"
        raise Refused(404, "invalid_request_error", message, kept=False)
    route, ids = found
    _know(route, call.params)
    act: Act = route.act
    made = deepcopy(act(state, call.params, *ids))
    for path in call.params.get("expand") or []:
        _expand(state, made, path.split("."))
    return made


@cache
def parameters() -> dict[str, list[str]]:
    """Return the names of the parameters that each call has, as the official library types them."""
    text = (Path(__file__).parent / "parameters.json").read_text("utf-8")
    known: dict[str, list[str]] = json.loads(text)
    return known


def _know(route: Route, params: Params) -> None:
    for name in params:
        if name not in parameters()[route.name]:
            raise invalid(f"Received unknown parameter: {name}", "parameter_unknown", param=name)


def _expand(state: State, within: Any, path: list[str]) -> None:
    """Put the objects in place of their ids, along a path of fields."""
    if isinstance(within, list):
        for each in within:
            _expand(state, each, path)
    elif isinstance(within, dict):
        name, *rest = path
        if isinstance(value := within.get(name), str):
            within[name] = deepcopy(state.find(value)) or value
        if rest:
            _expand(state, within.get(name), rest)
