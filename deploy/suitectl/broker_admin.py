"""Two ways to look into a RabbitMQ and to change it: rabbitmqctl, and the management API."""

import base64
import http.client
import json
import subprocess
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

from chassis import settings
from chassis.domain import value
from chassis.errors import Unavailable
from suitectl import broker_queues
from suitectl.broker_queues import Queue
from suitectl.inventory import Rabbit

TIMEOUT_S = 60.0
DISCONNECTED = "suitectl: what it may do has changed"


class BrokerAdmin(Protocol):
    """What has all rights in a broker."""

    def exported(self) -> dict[str, Any]:
        """Return the broker's definitions. Raises `Unavailable`."""

    def import_(self, document: Mapping[str, Any]) -> None:
        """Make what the document defines; leave alone what it does not name.

        Raises `Unavailable`.
        """

    def forget_user(self, name: str) -> None:
        """End a user, its rights and its connections. Raises `Unavailable`."""

    def forget_vhost(self, name: str, parameter: str) -> None:
        """End a virtual host, and the global parameter that marks it. Raises `Unavailable`."""

    def disconnect(self, name: str) -> None:
        """Close a user's connections; it may open new ones. Raises `Unavailable`."""

    def queues(self, vhost: str) -> list[Queue]:
        """Return the queues of a virtual host. Raises `Unavailable`."""


@value
class Administrator:
    """The environment variable, or the file, that holds the password of the inventory's admin."""

    rabbitmq_admin_password: str


def broker_admin(rabbit: Rabbit) -> BrokerAdmin | None:
    """Return what the inventory names; None where only a definitions file is written.

    Raises `Misconfigured` without the API's password.
    """
    if rabbit.ctl:
        return Ctl(command=rabbit.ctl)
    if rabbit.api:
        password = settings.load(Administrator).rabbitmq_admin_password
        return Api(url=rabbit.api, user=str(rabbit.admin), password=password)
    return None


@value
class Ctl:
    """`rabbitmqctl`, or a command that runs it where the broker is; documents by its pipes."""

    command: tuple[str, ...]

    def exported(self) -> dict[str, Any]:
        """Return the broker's definitions."""
        document: dict[str, Any] = self._read("{", "export_definitions", "-")
        return document

    def import_(self, document: Mapping[str, Any]) -> None:
        """Make what the document defines."""
        self._run("import_definitions", given=json.dumps(document))

    def forget_user(self, name: str) -> None:
        """End a user, its rights and its connections."""
        self._run("delete_user", name)

    def forget_vhost(self, name: str, parameter: str) -> None:
        """End a virtual host, and what marks it."""
        self._run("delete_vhost", name)
        self._run("clear_global_parameter", parameter)

    def disconnect(self, name: str) -> None:
        """Close a user's connections."""
        self._run("close_all_user_connections", name, DISCONNECTED)

    def queues(self, vhost: str) -> list[Queue]:
        """Return the queues of a virtual host."""
        how = ("-p", vhost, "--formatter", "json")
        return list(
            map(broker_queues.read, self._read("[", "list_queues", *how, *broker_queues.COLUMNS))
        )

    def _read(self, begins: str, *arguments: str) -> Any:
        """Return the document that a command prints: whatever it says before that is left out."""
        printed = self._run(*arguments)
        return _parsed(printed[max(0, printed.find(begins)) :], "suitectl.rabbitmqctl_failed")

    def _run(self, *arguments: str, given: str = "") -> str:
        command = [*self.command, "--quiet", *arguments]
        try:
            done = subprocess.run(
                command, input=given, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Unavailable("suitectl.rabbitmqctl_failed", str(error)) from None
        if done.returncode != 0:
            raise Unavailable("suitectl.rabbitmqctl_failed", (done.stdout + done.stderr)[-500:])
        return done.stdout


@value
class Api:
    """The HTTP API of RabbitMQ's management plugin, as a user with the tag administrator."""

    url: str  # http://host:15672
    user: str
    password: str

    def exported(self) -> dict[str, Any]:
        """Return the broker's definitions."""
        document: dict[str, Any] = self._read("definitions")
        return document

    def import_(self, document: Mapping[str, Any]) -> None:
        """Make what the document defines."""
        self._ask("POST", "definitions", json.dumps(document))

    def forget_user(self, name: str) -> None:
        """End a user, its rights and its connections."""
        self._ask("DELETE", f"users/{name}")

    def forget_vhost(self, name: str, parameter: str) -> None:
        """End a virtual host, and what marks it."""
        self._ask("DELETE", f"vhosts/{quote(name, safe='')}")
        self._ask("DELETE", f"global-parameters/{quote(parameter, safe='')}")

    def disconnect(self, name: str) -> None:
        """Close a user's connections."""
        self._ask("DELETE", f"connections/username/{name}")

    def queues(self, vhost: str) -> list[Queue]:
        """Return the queues of a virtual host."""
        return list(map(broker_queues.read, self._read(f"queues/{quote(vhost, safe='')}")))

    def _read(self, what: str) -> Any:
        return _parsed(self._ask("GET", what), "suitectl.management_api_failed")

    def _ask(self, method: str, what: str, body: str | None = None) -> str:
        where = urlsplit(self.url)
        kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
        connection = kinds[where.scheme](where.netloc, timeout=TIMEOUT_S)
        who = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        headers = {"Authorization": f"Basic {who}", "Content-Type": "application/json"}
        try:
            connection.request(method, f"{where.path.rstrip('/')}/api/{what}", body, headers)
            answer = connection.getresponse()
            text = str(answer.read(), "utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            reason = f"{self.url}: {error}"
            raise Unavailable("suitectl.management_api_failed", reason) from None
        finally:
            connection.close()
        if answer.status >= 300:
            raise Unavailable("suitectl.management_api_failed", f"{answer.status} {text[-500:]}")
        return text


def _parsed(text: str, code: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise Unavailable(code, f"what it said is no JSON: {text[:80]!r}") from None
