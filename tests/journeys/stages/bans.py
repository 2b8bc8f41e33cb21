"""Whether a service lets somebody in."""

import time

from chassis.errors import Unauthenticated
from demo.suite import Suite
from journeys.stages.crowd import patiently

PATIENCE_S = 60.0
QUERIES = {
    "media": "list_projects",
    "video": "list_videos",
    "billing": "get_pricing",
    "affiliate": "list_earnings",
}


def is_let_in(suite: Suite, service: str, token: str) -> bool:
    """Return whether whoever has this access token is served."""
    try:
        patiently(lambda: suite.call(service, QUERIES[service], token))
    except Unauthenticated as error:
        assert error.code == "chassis.token_revoked"
        return False
    return True


def refused_at(suite: Suite, service: str, token: str) -> float:
    """Return when a service refuses the token, by the two replicas that take calls in turn."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        assert time.monotonic() < deadline, f"{service} still lets a banned person in"
        if is_let_in(suite, service, token):
            continue
        first = time.monotonic()
        if not is_let_in(suite, service, token):
            return first
