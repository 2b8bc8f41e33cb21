"""Every cell of `docs/permissions.md`, asked of the running suite: who may call what."""

import json
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from architecture.permissions_page import (
    AT,
    CALLERS,
    LISTENER,
    NO,
    NOTHING,
    OUTSIDER,
    let_in,
    names_things,
    table,
    told,
)
from chassis import ids
from chassis.door.edge import Caller
from chassis.door.tokens import TokenIssuer
from chassis.errors import Forbidden, Invalid, NotFound, Rejected, Unauthenticated
from chassis.identity import Actor
from demo.main_job import Outcome
from demo.people import Person
from embedded.direct import DirectPort
from embedded.keys import SERVICES, keys
from embedded.suite import FACADES, Suite
from journeys.stages.every_method import method_of, permission_of
from journeys.stages.requests_of_the_main_job import requests


class Asking:
    """Asks for each caller, about what is the main job's customer's."""

    def __init__(self, suite: Suite, outcome: Outcome, stranger: Person) -> None:
        """Sign a token for each of the people."""
        self.suite, self.workspace = suite, outcome.project["workspace_id"]
        self.requests = requests(outcome)
        for service in SERVICES:
            grant = f"insert into listeners values ('{LISTENER}', '{{}}')"
            suite.sql(service, f"{grant} on conflict do nothing returning name")
        owner, admin = (
            suite.sql("auth", f"select id, workspace_id from \"user\" where email = '{email}'")[0]
            for email in ("kari@buyer.example", "admin@ai-studio.example")
        )
        users = {name: admin if actor.is_system_admin else owner for name, actor in CALLERS.items()}
        users[OUTSIDER] = stranger.call("auth", "me")
        people = {name: actor for name, actor in CALLERS.items() if actor.kind == "person"}
        self.tokens = {
            name: self.token(self._as(actor, users[name], admin["id"]))
            for name, actor in people.items()
        }
        self.outsider = self._as(CALLERS[OUTSIDER], users[OUTSIDER], admin["id"])

    def cell(self, service: str, name: str, caller: str) -> str:
        """Return what the caller is told, in the page's words."""
        method, about = method_of(service, name), dict(self.requests[service][name])
        if method.key_required:
            about["idempotency_key"] = str(uuid4())
        looks = caller == OUTSIDER and (names_things(service, name) or not method.writes)
        if permission_of(service, name).open or not looks:
            about["no_such_argument"] = True  # seen once the caller was let in, and before all else
        try:
            reply = self.call(service, name, self._caller(caller), about)
        except (Unauthenticated, Forbidden):
            return NO
        except NotFound:
            return NOTHING
        except (Invalid, Rejected):
            reply = None
        assert self.workspace not in json.dumps(reply)
        return let_in(service, name, caller)

    def call(self, service: str, name: str, caller: Caller, about: dict[str, Any]) -> Any:
        door = self.suite.parts[service].door
        port = DirectPort(facade=FACADES[service], door=lambda: door, caller=caller)
        return port.call(name, **about)

    def token(self, actor: Actor) -> str:
        """Return an access token of now."""
        signing_key = keys(self.suite.data_dir)["signing_key"]
        return TokenIssuer("1", signing_key).issue(actor, ids.now())

    def _caller(self, caller: str) -> Caller:
        actor = CALLERS[caller]
        service = actor.id if actor.kind in ("service", "listener") else None
        return Caller(auth_token=self.tokens.get(caller), service=service)

    def _as(self, actor: Actor, user: dict[str, Any], admin_id: str) -> Actor:
        return replace(
            actor,
            id=user["id"],
            workspace_id=UUID(user["workspace_id"]) if user["workspace_id"] else None,
            session_id=uuid4(),
            impersonated_by=UUID(admin_id) if actor.impersonated_by else None,
            authenticated_at=ids.now() - (AT - (actor.authenticated_at or AT)),
        )


@pytest.fixture(scope="module")
def asking(suite: Suite, outcome: Outcome, stranger: Person) -> Asking:
    return Asking(suite, outcome, stranger)


@pytest.mark.asvs("8.3.1")
@pytest.mark.parametrize("service", SERVICES)
def test_the_matrix_of_who_may_call_what_is_as_the_page_says(asking: Asking, service: str) -> None:
    assert table(service, asking.cell).splitlines() == told(service).splitlines()


def test_who_is_a_system_admin_beside_their_own_work_looks_elsewhere_and_acts_at_home(
    asking: Asking,
) -> None:
    both = Caller(auth_token=asking.token(replace(asking.outsider, is_system_admin=True)))
    for service, look, act in (
        ("media", "get_project", "start_project"),
        ("video", "get_video", "start_video"),
    ):
        shown = asking.call(service, look, both, asking.requests[service][look])
        assert shown["workspace_id"] == asking.workspace
        with pytest.raises(NotFound):
            keyed = {**asking.requests[service][act], "idempotency_key": str(uuid4())}
            asking.call(service, act, both, keyed)
