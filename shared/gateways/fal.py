"""fal.ai: a call is one POST to its queue; what became of it is asked, or looked for if it is lost.

The official client is not used: it posts a call up to ten times where an answer is lost, and each
of these is work that is paid for.
"""

import json
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gateways.addresses import Refused as NotAnAddress
from gateways.addresses import parsed, parsed_prefixes
from gateways.fal_line import ANSWER_S, Body, Line, Lost, Reply, noted, refuses_us, unavailable
from gateways.fal_requests import Requests
from gateways.fal_said import Accepted, Ended, Gone, Pending, Refused, Unknown

START_S = "600"  # a call that no runner has begun by then is given up by fal
KEPT_S = 86_400  # what a model gives lies at public addresses, without this for ever
SUBMIT = {
    "Content-Type": "application/json",
    "X-Fal-Request-Start-Timeout": START_S,
    "X-Fal-Request-Timeout": START_S,  # its older name
    "X-Fal-Object-Lifecycle-Preference": json.dumps({"expiration_duration_seconds": KEPT_S}),
}

log = logging.getLogger(__name__)


class Fal:
    """fal's queue and its list of requests.

    What looks or cancels raises `Unavailable`: `chassis.fal_unavailable`, no answer, or not now;
    `chassis.fal_refuses_us`, an operator mends the key or the account.
    """

    def __init__(self, key: str, queue_url: str, rest_url: str, answer_s: float = ANSWER_S) -> None:
        """`answer_s`: how long an answer may not begin, and then may take."""
        self._line = Line(key, answer_s)
        self._requests = Requests(self._line, rest_url)
        self._queue = queue_url.rstrip("/")
        (self._own,) = parsed_prefixes(self._queue)

    def submit(
        self, endpoint: str, payload: Mapping[str, Any], webhook: str
    ) -> Accepted | Refused | Unknown:
        """Post a call, once; fal tells `webhook` when it has ended.

        Refused is what fal says it has not taken, and what broke before anything was sent: another
        call may follow. What broke later, and any answer that is neither, is unknown.
        """
        body = Body(json.dumps(payload).encode())
        url, params = f"{self._queue}/{endpoint}", {"fal_webhook": webhook}
        try:
            reply = self._line.exchange("POST", url, params, SUBMIT, body)
        except Lost as lost:
            if not body.begun:
                return Refused(word="provider_unavailable", type=str(lost), retryable=True)
            log.warning("nobody knows whether fal has taken a call: %s", lost)
            return Unknown()
        if reply.good and (request_id := reply.text("request_id")):
            return self._accepted(endpoint, request_id, reply)
        if 400 <= reply.status < 500 or reply.status == 503:
            refuses_us(reply)
            return noted(reply)
        log.warning("nobody knows whether fal has taken a call: it answered %d", reply.status)
        return Unknown()

    def _accepted(self, endpoint: str, request_id: str, reply: Reply) -> Accepted:
        """Keep the addresses that are the queue's own: they are sent our key."""
        names = ("status_url", "response_url", "cancel_url")
        found = {name: url for name in names if (url := reply.text(name)) and self._is_own(url)}
        return Accepted(endpoint=endpoint, request_id=request_id, **found)

    def _is_own(self, url: str) -> bool:
        try:
            return self._own.covers(parsed(url))
        except NotAnAddress:
            return False

    def answer(self, call: Accepted) -> Pending | Ended | Refused | Gone:
        """Return what has become of a call, without waiting for it."""
        if call.status_url is None:
            return self._requests.answer(call) or Pending(position=None)
        reply = self._line.asked("GET", call.status_url)
        if reply.status == 404:
            return self._requests.answer(call) or Gone()
        match reply.text("status"):
            case "IN_QUEUE" | "IN_PROGRESS":
                position = reply.body.get("queue_position")
                return Pending(position=position if isinstance(position, int) else None)
            case "COMPLETED" if reply.text("error_type"):
                return noted(reply, 500)
            case "COMPLETED":
                return self._result(call, reply)
            case _:
                raise unavailable(f"it answered {reply.status} for a status")

    def _result(self, call: Accepted, status: Reply) -> Ended | Refused | Gone | Pending:
        """Return what a completed call gave. An error without a type is told better by the model.

        Results are kept for an hour, large ones for minutes; the list of requests keeps them too.
        """
        if call.response_url is None:
            return self._requests.answer(call) or Gone()
        reply = self._line.asked("GET", call.response_url)
        if reply.status in (404, 410):
            return self._requests.answer(call) or Gone()
        if not reply.good and (reply.status == 429 or not isinstance(reply.body, Mapping)):
            raise unavailable(f"it answered {reply.status} for a result")
        if not reply.good:
            return noted(reply)
        if status.text("error"):
            return noted(status, 500)
        if not isinstance(reply.body, Mapping):
            return Refused(word="provider_bad_output", type="no_json", retryable=True)
        return Ended(output=reply.body)

    def cancel(self, call: Accepted) -> None:
        """Ask fal to leave it. One that runs may go on, and is paid for then."""
        if call.cancel_url is None:
            return
        reply = self._line.asked("PUT", call.cancel_url)
        if not reply.good and reply.status not in (400, 404):  # it has ended; it is not known
            raise unavailable(f"it answered {reply.status} to a cancellation")

    def lookup(self, endpoint: str, mark: str, since: datetime) -> Accepted | None:
        """Return the call whose input holds `mark`, a link that stands in no other call."""
        return self._requests.holding(endpoint, mark, since)

    def forget(self, request_id: str) -> None:
        """Delete what fal keeps of a call, its files too, as well as it goes."""
        self._requests.forget(request_id)

    def knows_us(self, endpoint: str) -> None:
        """Ask what changes nothing. Raises `Unavailable`, as `answer` does."""
        self._requests.look(endpoint)
