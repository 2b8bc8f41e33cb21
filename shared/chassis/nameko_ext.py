"""nameko's only home in the frame: the entrypoints, and what a worker is given."""

import warnings
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

# nameko stands on eventlet, which is deprecated upstream: known, and why the edge is thin
warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

from nameko.exceptions import get_module_path, registry
from nameko.extensions import DependencyProvider
from nameko.rpc import rpc

from chassis import edge
from chassis.edge import Caller, Door
from chassis.errors import KINDS, ServiceError, from_wire


class DoorProvider(DependencyProvider):
    """Gives a worker its service's door, which whoever starts the container has built."""

    def get_dependency(self, worker_ctx: Any) -> Door:
        """Return the door from the container's configuration."""
        door: Door = self.container.config["door"]
        return door


class CallerProvider(DependencyProvider):
    """Gives a worker who calls: the access token from nameko's context data."""

    def get_dependency(self, worker_ctx: Any) -> Caller:
        """Return the caller of this call."""
        return Caller(
            auth_token=worker_ctx.data.get("auth_token"),
            correlation_id=worker_ctx.data.get("correlation_id"),
        )


def command(
    request: type[Any], *, key_required: bool = False, sensitive: tuple[str, ...] = ()
) -> Callable[[Any], Any]:
    """Declare a method `(self, request, call)` that changes something.

    `request` is a marshmallow schema class; besides its fields callers may give
    `idempotency_key` and `expected_version`. `sensitive` arguments are never logged or hashed.
    """

    def declare(work: Callable[..., Any]) -> Any:
        method = edge.Method(
            name=work.__name__,
            request=request(),
            work=work,
            writes=True,
            key_required=key_required,
            sensitive=sensitive,
        )
        return _entrypoint(method, work)

    return declare


def query(request: type[Any]) -> Callable[[Any], Any]:
    """Declare a method `(self, request, call)` that only reads."""

    def declare(work: Callable[..., Any]) -> Any:
        method = edge.Method(name=work.__name__, request=request(), work=work, writes=False)
        return _entrypoint(method, work)

    return declare


def _entrypoint(method: edge.Method, work: Callable[..., Any]) -> Any:
    @wraps(work)
    def entry(self: Any, /, *args: Any, **arguments: Any) -> Any:
        return edge.serve(method, self, args, arguments)

    del entry.__wrapped__  # nameko checks what callers may pass
    entry.method = method  # type: ignore[attr-defined]
    return rpc(
        entry,
        sensitive_arguments=method.sensitive,
        expected_exceptions=ServiceError,
    )


def register_errors() -> None:
    """Let nameko's proxies in this process raise our errors as what they were."""
    for name, kind in KINDS.items():
        registry[get_module_path(kind)] = partial(from_wire, name)
