"""Somebody is taken out of a workspace, or moves: their token of before is refused everywhere."""

from typing import Any
from uuid import uuid4

import pytest

from chassis import ids
from chassis.errors import ServiceError
from demo.main_job import Outcome
from demo.people import Person
from demo.suite import Suite
from embedded import mailbox
from embedded.suite import Suite as Embedded
from journeys.stages.bans import QUERIES

LOOKS = {"auth": "get_workspace", **QUERIES}
REFUSED = dict.fromkeys(LOOKS, "chassis.token_revoked")


class Member(Person):
    """Somebody whose tokens are drawn one by one."""

    def __init__(self, suite: Suite, name: str) -> None:
        super().__init__(suite, f"{name}-{uuid4().hex[:6]}@people.example", ids.token())
        self.home = self.sign_up(name, f"sign up {self.email}")
        self.sign_in()
        suite.settle()

    def draws(self) -> str:
        """Return an access token of now."""
        return self._renewed()

    def code(self, method: str, service: str = "auth", /, **of: Any) -> str:
        """Return with which code a call is refused, or that it is answered."""
        return told(self.suite, service, method, self.draws(), **of)

    def invites(self, guest: "Member", role: str = "member") -> None:
        given = {"email": guest.email, "role": role, "idempotency_key": uuid4().hex}
        self.call("auth", "invite_member", **given)
        self.suite.settle()

    def accepts(self) -> str:
        """Follow the link that was mailed last; return with which code that is answered."""
        link = mailbox.token(self.suite.mail(self.email)[-1])
        answered = self.code("accept_invitation", token=link)
        self.suite.settle()
        return answered


def told(suite: Suite, service: str, method: str, token: str, /, **of: Any) -> str:
    try:
        suite.call(service, method, token, **of)
    except ServiceError as refusal:
        return refusal.code
    return "answered"


def everywhere(suite: Suite, token: str) -> dict[str, str]:
    """Return how each service answers whoever has this access token."""
    return {service: told(suite, service, each, token) for service, each in LOOKS.items()}


@pytest.fixture(scope="module")
def founder(suite: Embedded, outcome: Outcome) -> Member:
    return Member(suite, "Frida")


def test_who_was_removed_is_refused_everywhere_and_comes_back_by_an_invitation(
    suite: Embedded, founder: Member
) -> None:
    guest = Member(suite, "Gro")
    founder.invites(guest, "owner")
    assert guest.accepts() == "answered"
    before, id = guest.draws(), guest.call("auth", "me")["id"]
    assert "chassis.token_revoked" not in everywhere(suite, before).values()

    founder.call("auth", "remove_member", user_id=id)
    suite.settle()

    assert everywhere(suite, before) == REFUSED
    assert guest.code("me") == "answered"
    assert guest.code("list_projects", "media") == "chassis.not_allowed"
    assert guest.code("sign_out") == "answered"
    guest.sign_in()
    founder.invites(guest)
    assert guest.accepts() == "answered"
    assert guest.code("list_projects", "media") == "answered"
    assert everywhere(suite, before) == REFUSED


def test_a_founder_moves_out_of_a_workspace_that_is_not_used_and_of_no_other(
    suite: Embedded, founder: Member
) -> None:
    mover, worker = Member(suite, "Moa"), Member(suite, "Vera")
    worker.call("media", "create_project", name="Storgata 4", style_template_id="modern")
    suite.settle()
    before = mover.draws()
    for each in (mover, worker):
        founder.invites(each)

    assert (mover.accepts(), worker.accepts()) == ("answered", "auth.already_in_workspace")

    assert everywhere(suite, before) == REFUSED
    assert mover.call("auth", "get_workspace")["id"] == founder.home
    left = suite.sql("auth", f"select closed_at from workspace where id = '{mover.home}'")
    assert left[0]["closed_at"] is not None
    assert worker.code("list_videos", "video") == "answered"
