"""What Stripe's stand-in has to tell billing: by hand, in any order, as often as one likes."""

import json
from collections.abc import Iterable
from typing import Any

from werkzeug.test import Client

from integration.stages.billing_shop import STRIPE_SECRET, Billing
from stand_ins.stripe.deliveries import signature


class News:
    """The events that happened since it was last asked, and the door that they are told at."""

    def __init__(self, shop: Billing) -> None:
        """Pass over what has happened before."""
        self.shop, self._client = shop, Client(shop.parts.web)
        self._old = {each["id"] for each in shop.stripe.objects("event")}

    def new(self) -> list[dict[str, Any]]:
        """Return what happened since, in the order in which it did."""
        events = [e for e in self.shop.stripe.objects("event") if e["id"] not in self._old]
        self._old |= {each["id"] for each in events}
        return events

    def tell(self, event: dict[str, Any], **other: Any) -> tuple[int, Any]:
        """Tell an event, signed; return what was answered."""
        return self.post(json.dumps({**event, **other}).encode())

    def post(
        self, body: bytes, secret: str = STRIPE_SECRET, seconds_off: int = 0
    ) -> tuple[int, Any]:
        """Post these bytes, signed now, or so many seconds off."""
        at = int(self.shop.now.timestamp()) + seconds_off
        headers = {"Stripe-Signature": signature(body, secret, at)}
        answer = self._client.post("/webhooks/stripe", data=body, headers=headers)
        return answer.status_code, answer.get_json()

    def all(self, events: Iterable[dict[str, Any]] | None = None) -> None:
        """Tell all that is new, or these, and do the jobs that ask Stripe about it."""
        for event in self.new() if events is None else events:
            status, said = self.tell(event)
            assert status == 200, said
        self.look()

    def look(self) -> None:
        """Let Stripe be asked what is to be asked of it."""
        for kind in ("look_at_intent", "look_at_session"):
            while self.shop.worker(kind).work():
                pass

    def outcome(self, event: dict[str, Any]) -> str | None:
        """Return what became of an event; None: it was not kept."""
        query = "select outcome from stripe_event where id = %(id)s"
        return next((each["outcome"] for each in self.shop.rows(query, id=event["id"])), None)
