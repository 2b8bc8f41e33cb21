"""The public HTTP door of a service: signed links and webhooks, as one WSGI application."""

import json
import logging
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from chassis.domain import value

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MAX_WEBHOOK_BYTES = 1 << 20

log = logging.getLogger(__name__)


@value
class Route:
    """One path of the door: `answer(request, **what the path holds)`."""

    path: str
    methods: tuple[str, ...]
    answer: Callable[..., Response]
    max_bytes: int = MAX_WEBHOOK_BYTES


class PublicDoor:
    """Answers what the routes say; anything else is 404, a bug is a bare 500."""

    def __init__(self, routes: Iterable[Route]) -> None:
        """Serve these routes."""
        rules = [
            Rule(route.path, methods=route.methods, endpoint=lambda route=route: route)
            for route in routes
        ]
        self._map = Map(rules)

    def __call__(self, environ: "WSGIEnvironment", respond: "StartResponse") -> Iterable[bytes]:
        """Answer one request (WSGI)."""
        response: Response = self._answer(Request(environ))
        return response(environ, respond)

    def _answer(self, request: Request) -> Any:
        path = None  # the rule, not what was asked for: a link lets its holder in
        try:
            endpoint, values = self._map.bind_to_environ(request.environ).match()
            route: Route = endpoint()
            path = route.path
            request.max_content_length = route.max_bytes
            if (request.content_length or 0) > route.max_bytes:
                raise RequestEntityTooLarge()
            return route.answer(request, **values)
        except HTTPException as refusal:
            text = {"error": refusal.description or refusal.name}
            return Response(json.dumps(text), refusal.code, content_type="application/json")
        except Exception:
            log.exception("a bug", extra={"path": path})
            return Response(status=500)
