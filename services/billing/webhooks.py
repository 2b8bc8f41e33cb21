"""The webhook door: what Stripe tells is checked, kept and applied once, and answered fast."""

import json
import logging
from collections.abc import Callable

from prometheus_client import Counter
from werkzeug.exceptions import BadRequest, ServiceUnavailable
from werkzeug.wrappers import Request, Response

from billing import kept
from billing.applying import applied
from billing.gateways.card_told import Heard
from billing.gateways.stripe import verify
from billing.gateways.stripe_event import StripeEvent, same_release
from billing.gateways.stripe_heard import heard
from chassis import ids
from chassis.door.web import MAX_WEBHOOK_BYTES
from chassis.errors import Conflict, ServiceError
from chassis.identity import service_actor
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from chassis.unit.handling import App

PATH = "/webhooks/stripe"
REFUSED = Counter(
    "billing_webhooks_refused_total",
    "Webhooks that Stripe signed and that are not for this house: of the other mode or a release"
    " whose names may differ; Stripe keeps them for three days",
    ("reason",),
)
OF_THE_OTHER_MODE, OF_ANOTHER_RELEASE = "livemode_mismatch", "api_version"
for each in (OF_THE_OTHER_MODE, OF_ANOTHER_RELEASE):
    REFUSED.labels(each)  # counted from 0 on: the first one is an increase

log = logging.getLogger(__name__)


def stripe_webhook(app: App, secret: str | None, livemode: bool) -> Callable[[Request], Response]:
    """Return what answers Stripe; without a secret the door says that it is not configured."""

    def answer(request: Request) -> Response:
        if secret is None:
            raise ServiceUnavailable("billing.card_not_configured")
        request.max_content_length = MAX_WEBHOOK_BYTES  # where no length was announced, too
        signature = request.headers.get("Stripe-Signature", "")
        try:
            event = verify(request.get_data(), signature, secret, app.clock())
            _must_be_for_us(event, livemode)  # before what it says is read
            said = heard(event)
        except ServiceError as refusal:
            raise BadRequest(refusal.code) from refusal
        _take(app, event, said)
        return Response(json.dumps({"received": event.id}), content_type="application/json")

    return answer


def _must_be_for_us(event: StripeEvent, livemode: bool) -> None:
    if event.livemode != livemode:
        raise _refused(event, OF_THE_OTHER_MODE)
    if not same_release(event.api_version):
        raise _refused(event, OF_ANOTHER_RELEASE)


def _refused(event: StripeEvent, reason: str) -> BadRequest:
    REFUSED.labels(reason).inc()
    told = {"event": event.id, "livemode": event.livemode, "version": event.api_version}
    log.error("a webhook that is not for us: %s", reason, extra=told)
    return BadRequest(f"billing.webhook_{reason}")


def _take(app: App, event: StripeEvent, said: Heard) -> None:
    """Keep an event and do what it comes to, in one unit: the copies of it find it kept."""
    now = app.clock()
    call = Call(id=ids.fresh(), at=now, actor=service_actor("billing"), correlation_id=event.id)
    known = kept.keep_event(
        id=event.id,
        type=event.type,
        livemode=event.livemode,
        object_id=event.object_id,
        created=event.created,
        received_at=now,
        outcome="applied",
    )

    def once(unit: Unit) -> None:
        if unit.execute(known).first() is not None:
            unit.execute(kept.note_outcome(event.id, applied(unit, said, event.id)))

    try:
        app.attempt(call, once)
    except Conflict as busy:
        raise ServiceUnavailable(busy.code) from busy
