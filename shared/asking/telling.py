"""The provider's webhook: what it tells is checked and not believed; it lets us look at once."""

import logging
from collections.abc import Callable
from uuid import UUID

from prometheus_client import Counter
from werkzeug.exceptions import BadRequest, Unauthorized
from werkzeug.wrappers import Request, Response

from asking import kept
from asking.posting import AWAIT_ANSWER, PATH
from chassis import errors, ids
from chassis.door.web import MAX_WEBHOOK_BYTES, Route
from chassis.identity import service_actor
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from gateways.fal_webhook import Keys, told

NOBODYS = Counter(
    "provider_webhooks_unknown_total",
    "Webhooks that the provider signed about a call that nobody here has made",
)

log = logging.getLogger(__name__)


def route(app: App, keys: Keys) -> Route:
    """Return the path at which the provider tells that a call has ended."""
    answer = _answering(app, keys)
    return Route(path=f"{PATH}/<call_id>", methods=("POST",), answer=answer)


def _answering(app: App, keys: Keys) -> Callable[..., Response]:
    def answer(request: Request, call_id: str) -> Response:
        request.max_content_length = MAX_WEBHOOK_BYTES  # where no length was announced, too
        try:
            request_id = told(request.get_data(), request.headers, keys, app.clock())
        except errors.Unauthenticated as refusal:
            raise Unauthorized(refusal.code) from refusal
        except errors.Invalid as refusal:
            raise BadRequest(refusal.code) from refusal
        if not _hurried(app, call_id, request_id):
            NOBODYS.inc()
            log.warning("a webhook about a call of nobody's", extra={"call": call_id[:100]})
            return Response(status=202)
        return Response(status=200)

    return answer


def _hurried(app: App, written: str, request_id: str) -> bool:
    """Have somebody look at the call now; False where there is none of that id."""
    try:
        call_id = UUID(written)
    except ValueError:
        return False

    def work(unit: Unit) -> bool:
        call = kept.call_of(unit.connection, call_id)
        if call is None or call.request_id not in (None, request_id):
            return False
        if call.request_id is None:
            unit.execute(kept.learned(call_id, request_id))
        unit.hurry(AWAIT_ANSWER, UUID(call.subject))
        return True

    by = Call(
        id=ids.fresh(),
        at=app.clock(),
        actor=service_actor(app.service.name),
        correlation_id=written,
    )
    return app.attempt(by, work)
