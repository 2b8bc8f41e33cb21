"""fal's list of our requests: what is lost, or has gone from the queue, is found here.

It keeps what was asked and given until that is deleted (fal.ai/docs, Platform APIs: List requests
by endpoint, Delete request payloads). Whether it knows a call before that has ended, nobody says.
"""

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from gateways.fal_line import Line, Lost, Reply, noted, unavailable
from gateways.fal_said import Accepted, Ended, Gone, Pending, Refused

PAGE, MOST_PAGES = 100, 20

log = logging.getLogger(__name__)


class Requests:
    """The list. Its methods raise as those of `Fal`."""

    def __init__(self, line: Line, rest_url: str) -> None:
        """`rest_url`: of the platform's API, with its version."""
        self._line, self._url = line, f"{rest_url.rstrip('/')}/models/requests"

    def answer(self, call: Accepted) -> Pending | Ended | Refused | Gone | None:
        """Return what is known of a call; None if nothing is."""
        asked = {"endpoint_id": call.endpoint, "request_id": call.request_id}
        for item in self._listed(asked):
            if item.get("request_id") != call.request_id:
                continue
            status, output = item.get("status_code"), item.get("json_output")
            if not isinstance(status, int):
                return Pending(position=None)
            if status >= 300:
                return noted(Reply(status=status, headers={}, body=output))
            return Ended(output=output) if isinstance(output, Mapping) else Gone()
        return None

    def holding(self, endpoint: str, mark: str, since: datetime) -> Accepted | None:
        """Return the call in whose input a text holds `mark`."""
        for item in self._listed({"endpoint_id": endpoint, "start": since.isoformat()}):
            request_id = item.get("request_id")
            if isinstance(request_id, str) and _holds(item.get("json_input"), mark):
                return Accepted(endpoint=endpoint, request_id=request_id)
        return None

    def look(self, endpoint: str) -> None:
        """Ask for a page of it."""
        next(self._listed({"endpoint_id": endpoint}), None)

    def forget(self, request_id: str) -> None:
        """Delete what is kept of a call. It takes an admin's key; else files lie for a day."""
        try:
            reply = self._line.exchange("DELETE", f"{self._url}/{request_id}/payloads")
        except Lost as lost:
            log.warning("fal may keep what %s gave: %s", request_id, lost)
            return
        if not reply.good and reply.status != 404:
            log.warning("fal keeps what %s gave: it answered %d", request_id, reply.status)

    def _listed(self, asked: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
        """Yield requests with what was asked and given, the one that ended last first."""
        params = {**asked, "expand": "payloads", "limit": str(PAGE)}
        for _ in range(MOST_PAGES):
            reply = self._line.asked("GET", f"{self._url}/by-endpoint", params)
            items = reply.body.get("items") if isinstance(reply.body, Mapping) else None
            if not reply.good or not isinstance(items, list):
                raise unavailable(f"it answered {reply.status} for a list")
            yield from (item for item in items if isinstance(item, Mapping))
            if (cursor := reply.text("next_cursor")) is None:
                return
            params["cursor"] = cursor


def _holds(given: Any, mark: str) -> bool:
    match given:
        case str():
            return mark in given
        case Mapping():
            return any(_holds(each, mark) for each in given.values())
        case list():
            return any(_holds(each, mark) for each in given)
        case _:
            return False
