"""The webhook door: what Stripe tells is checked, kept once, and answered fast."""

import json
from collections.abc import Callable

from sqlalchemy.dialects.postgresql import insert
from werkzeug.exceptions import BadRequest, ServiceUnavailable
from werkzeug.wrappers import Request, Response

from billing.gateways.stripe import StripeEvent, verify
from billing.kept import stripe_event
from chassis import ids
from chassis.door.web import MAX_WEBHOOK_BYTES
from chassis.errors import ServiceError
from chassis.identity import service_actor
from chassis.unit.calls import Call
from chassis.unit.handling import App


def stripe_webhook(app: App, secret: str | None, livemode: bool) -> Callable[[Request], Response]:
    """Return what answers Stripe; without a secret the door says that it is not configured."""

    def answer(request: Request) -> Response:
        if secret is None:
            raise ServiceUnavailable("billing.card_not_configured")
        request.max_content_length = MAX_WEBHOOK_BYTES  # where no length was announced, too
        signature = request.headers.get("Stripe-Signature", "")
        try:
            event = verify(request.get_data(), signature, secret, app.clock())
        except ServiceError as refusal:
            raise BadRequest(refusal.code) from refusal
        if event.livemode != livemode:
            raise BadRequest("billing.webhook_livemode_mismatch")
        _keep(app, event)
        return Response(json.dumps({"received": event.id}), content_type="application/json")

    return answer


def _keep(app: App, event: StripeEvent) -> None:
    now = app.clock()
    known = insert(stripe_event).values(
        id=event.id,
        type=event.type,
        livemode=event.livemode,
        object_id=event.object_id,
        created=event.created,
        received_at=now,
    )
    once = known.on_conflict_do_nothing(index_elements=["id"])
    call = Call(id=ids.fresh(), at=now, actor=service_actor("billing"), correlation_id=event.id)
    app.attempt(call, lambda unit: unit.execute(once))
