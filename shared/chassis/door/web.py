"""The public HTTP door of a service: signed links and webhooks, as one WSGI application."""

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import (
    HTTPException,
    InternalServerError,
    LengthRequired,
    RequestEntityTooLarge,
    ServiceUnavailable,
)
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from chassis import ids, telemetry
from chassis.domain import value
from chassis.errors import Unavailable

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MAX_WEBHOOK_BYTES = 1 << 20
CONFIDENTIAL = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}

log = logging.getLogger(__name__)


@value
class Route:
    """One path of the door: `answer(request, **what the path holds)`."""

    path: str
    methods: tuple[str, ...]
    answer: Callable[..., Response]
    max_bytes: int = MAX_WEBHOOK_BYTES
    origins: tuple[str, ...] = ()  # pages of these may ask here and read what is answered


def links(
    answer: Callable[..., Response] | None,
    origins: tuple[str, ...],
    *,
    methods: tuple[str, ...] = ("GET", "HEAD"),
    max_bytes: int = 0,
) -> tuple[Route, ...]:
    """Return the route of signed links; none where they do not lead here (`answer` is None)."""
    if answer is None:
        return ()
    path = "/blobs/<token>"
    route = Route(path=path, methods=methods, answer=answer, max_bytes=max_bytes, origins=origins)
    return (route,)


class PublicDoor:
    """Answers what the routes say; anything else is 404, what is away 503, a bug 500.

    Each of these is JSON, `error` and the `request_id` by which the log knows it. Nobody between
    may keep an answer, and a browser takes it for what it is said to be.
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        """Serve these routes."""
        self.routes = tuple(routes)
        rules = [
            Rule(
                route.path, methods=(*route.methods, "OPTIONS"), endpoint=lambda route=route: route
            )
            for route in self.routes
        ]
        self._map = Map(rules, merge_slashes=False)  # else what has two is sent elsewhere

    def __call__(self, environ: "WSGIEnvironment", respond: "StartResponse") -> Iterable[bytes]:
        """Answer one request (WSGI)."""
        response: Response = self._answer(Request(environ))
        return response(environ, respond)

    def _answer(self, request: Request) -> Any:
        route: Route | None = None
        request_id = str(ids.fresh())
        with telemetry.context(request_id=request_id):
            try:
                # under any name: whatever host a request says, these are all the routes there are
                endpoint, values = self._map.bind("").match(request.path, request.method)
                route = endpoint()
                response = _by(route, request, values)
            except Exception as error:
                # the rule, not what was asked for: a link lets its holder in
                response = _refused(_told(error, route.path if route else None), request_id)
        response.headers.update(CONFIDENTIAL)
        response.headers.update(_across(route, request) if route else {})
        return response


def _by(route: Route, request: Request, values: Mapping[str, Any]) -> Response:
    if request.method == "OPTIONS":
        return Response(status=204, headers={"Allow": ", ".join((*route.methods, "OPTIONS"))})
    length = request.content_length
    if length is None and "Transfer-Encoding" in request.headers:
        raise LengthRequired()
    request.max_content_length = route.max_bytes
    if (length or 0) > route.max_bytes:
        raise RequestEntityTooLarge()
    return route.answer(request, **values)


def _told(error: Exception, path: str | None) -> HTTPException:
    """Log why a request is refused, and return what its sender is told."""
    match error:
        case HTTPException():
            log.info("refused", extra={"path": path, "status": error.code})
            return error
        case Unavailable():
            log.info("refused", extra={"path": path, "status": 503, **telemetry.told(error)})
            return ServiceUnavailable(error.code)
    log.error("a bug", exc_info=error, extra={"path": path})
    return InternalServerError("a bug of ours")


def _refused(refusal: HTTPException, request_id: str) -> Response:
    """Return the refusal with what belongs to it (Allow, Content-Range), as JSON."""
    response = Response(status=refusal.code, headers=refusal.get_headers())
    said = {"error": refusal.description or refusal.name, "request_id": request_id}
    response.data = json.dumps(said)
    response.content_type = "application/json"
    return response


def _across(route: Route, request: Request) -> Mapping[str, str]:
    """Return the headers (CORS) that let a page of one of the route's origins ask and read."""
    if not route.origins:
        return {}
    origin = request.headers.get("Origin", "")
    if origin not in route.origins:
        return {"Vary": "Origin"}
    return {
        "Vary": "Origin",
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": ", ".join(route.methods),
        "Access-Control-Allow-Headers": "Content-Type, Range",
        "Access-Control-Expose-Headers": "Content-Disposition, Content-Range",
        "Access-Control-Max-Age": "600",
    }
