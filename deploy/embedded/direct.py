"""Calling a service in the same process: the same facades, JSON both ways."""

import json
from collections.abc import Callable
from typing import Any

from chassis import errors, ids
from chassis.domain import value
from chassis.door import bodies
from chassis.door.edge import Caller, Door
from chassis.errors import Invalid, ServiceError, of_request


@value
class DirectPort:
    """The port to one service, whose door may be built later than the port."""

    facade: type[Any]  # the class in the service's `service.py`
    door: Callable[[], Door]
    caller: Caller

    def call(self, method: str, /, **arguments: Any) -> Any:
        """Call a method as over the wire: only JSON goes in, only JSON and errors come out."""
        with of_request(str(ids.fresh())):
            return self._call(method, arguments)

    def _call(self, method: str, arguments: dict[str, Any]) -> Any:
        entry = getattr(self.facade, method, None)
        if not hasattr(entry, "method"):
            raise Invalid("chassis.method_not_found", f"{self.facade.name} has no {method}")
        worker = self.facade()
        worker.door, worker.caller = self.door(), self.caller
        try:
            body = json.dumps({"args": [], "kwargs": arguments}).encode()
            sent = bodies.read(body)["kwargs"]
            return json.loads(json.dumps(getattr(worker, method)(**sent)))
        except ServiceError as error:
            raise errors.from_wire(*errors.to_wire(error)) from error
