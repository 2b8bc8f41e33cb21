"""The thread that posts events to the endpoints, signed, again until one says 2xx."""

import hashlib
import hmac
import http.client
import json
import time
from threading import Thread
from urllib.parse import urlsplit

from stand_ins.stripe.samples import Object
from stand_ins.stripe.state import State

FIRST_S, LONGEST_S = 0.1, 5.0  # between two tries
PATIENCE_S = 10.0  # for an answer


class Deliveries:
    """Posts one after another: what fails waits longer each time, and what follows goes on."""

    def __init__(self, state: State) -> None:
        """Deliver what that state has queued, from `start` to `stop`."""
        self.state = state
        self.ending = False
        self.thread = Thread(target=self._run, name="stand-in's webhooks", daemon=True)

    def start(self) -> None:
        """Begin, with what an earlier process left too."""
        self.thread.start()

    def stop(self) -> None:
        """End after the delivery that is on its way."""
        with self.state.lock:
            self.ending = True
            self.state.changed.notify_all()
        self.thread.join()

    def _run(self) -> None:
        while (delivery := self._next()) is not None:
            with self.state.lock:
                event = self.state.get("event", delivery["event"])
                endpoint = self.state.get("webhook_endpoint", delivery["endpoint"])
                body = json.dumps(event).encode()
                secret = self.state.secrets[endpoint["id"]]
            status = posted(endpoint["url"], body, secret)
            with self.state.lock:
                self._note(delivery, event, status)

    def _next(self) -> Object | None:
        """Wait for what is due; None at the end."""
        with self.state.lock:
            while not self.ending:
                waiting = [each for each in self.state.deliveries if not each["held"]]
                first = min(waiting, key=lambda each: each["due"], default=None)
                left_s = None if first is None else first["due"] - time.time()
                if first is not None and left_s is not None and left_s <= 0:
                    return first
                self.state.changed.wait(left_s)
        return None

    def _note(self, delivery: Object, event: Object, status: int) -> None:
        """Take away what was taken; let what was not wait for its next try."""
        if 200 <= status < 300:
            self.state.deliveries.remove(delivery)
            event["pending_webhooks"] = max(0, event["pending_webhooks"] - 1)
        else:
            wait_s = min(LONGEST_S, FIRST_S * 2 ** min(delivery["tries"], 10))
            delivery["tries"] += 1
            delivery["due"] = time.time() + wait_s
        delivery["status"] = status
        self.state.save()
        self.state.changed.notify_all()


def posted(url: str, body: bytes, secret: str) -> int:
    """Post an event and return what was answered, 0 if nothing was."""
    where = urlsplit(url)
    link = http.client.HTTPConnection(where.netloc, timeout=PATIENCE_S)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": signature(body, secret, int(time.time())),
        "User-Agent": "stand-in for Stripe",
    }
    try:
        link.request("POST", where.path or "/", body, headers)
        return link.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        link.close()


def signature(body: bytes, secret: str, at: int) -> str:
    """Return the header that proves a webhook: HMAC-SHA256 over '<t>.<body>'."""
    signed = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256)
    return f"t={at},v1={signed.hexdigest()}"
