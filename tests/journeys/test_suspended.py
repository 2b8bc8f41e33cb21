"""A workspace is suspended in the middle of its work, and reinstated: what runs finishes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any
from uuid import UUID

import pytest

from auth.domain import workspace
from auth.domain.workspace_messages import SetStatus
from chassis import ids
from chassis.errors import Rejected
from chassis.identity import service_actor
from chassis.unit.calls import Call
from demo.main_job import BUYER, MainJob, Outcome, Photo
from demo.main_job_work import Work
from demo.people import Person
from embedded.suite import Suite
from journeys.stages import caught
from journeys.stages.quiet import Quiet, main_job
from waiting import until

REST = 9  # photographs of ten that wait


class Again(Person):
    """A person who does once more what they have done, under keys of its own."""

    def call(self, service: str, method: str, /, **arguments: Any) -> Any:
        if "idempotency_key" in arguments:
            arguments["idempotency_key"] += ", again"
        return super().call(service, method, **arguments)


class Household:
    """A customer with a finished project, a film of it, and another project of ten photographs."""

    def __init__(self, suite: Suite, job: MainJob, photos: Sequence[Photo]) -> None:
        self.suite, self.admin = suite, job.admin
        self.person = Person(suite, "siri@household.example", ids.token())
        self.workspace_id = self.person.sign_up("Siri Eksempel", "sign up the household")
        self.person.call("auth", "update_workspace", **BUYER)
        self._by_admin("set_invoice_eligibility", eligible=True)
        self.person.await_invoicing()
        self.finished = Work(self.person, photos, Quiet(), name="Havnegata 1").photographs()
        again = Again(suite, self.person.email, self.person.password)
        ten = [photos[n % len(photos)] for n in range(1 + REST)]
        self.ten = Work(again, ten, Quiet(), name="Havnegata 2")

    def becomes(self, status: str) -> None:
        """Let the workspace be suspended or active."""
        app = self.suite.parts["auth"].app
        call = Call(
            id=ids.fresh(), at=app.clock(), actor=service_actor("auth"), correlation_id="status"
        )
        command = SetStatus(status=status, another_reason=False)
        workspace_id = UUID(self.workspace_id)
        app.attempt(call, lambda unit: unit.decide(workspace.decider, workspace_id, command))

    def film(self, key: str) -> str:
        """Ask for a film of what is finished; return its id."""
        made: str = self.person.call("video", "create_video", **self._film(key))["id"]
        self.person.call("video", "start_video", video_project_id=made, idempotency_key=key)
        return made

    def start_ten(self, project_id: str, key: str) -> str:
        started: Mapping[str, str] = self.person.call(
            "media", "start_project", project_id=project_id, idempotency_key=key
        )
        return started["clearance"]

    def photographs(self, project_id: str) -> Counter[str]:
        images = self.person.call("media", "get_project", project_id=project_id)["images"]
        return Counter(each["status"] for each in images)

    def film_status(self, film_id: str) -> str:
        status: str = self.person.call("video", "get_video", video_project_id=film_id)["status"]
        return status

    def lines(self, target_id: str) -> list[dict[str, Any]]:
        found = self.person.call("billing", "list_line_items", limit=200)["items"]
        return [each for each in found if each["target_id"] == target_id]

    def _film(self, key: str) -> dict[str, Any]:
        clips = [
            {"image_generation_id": each["id"], "room_type": "kitchen", "transition_type": "cut"}
            for each in self.finished["images"]
        ]
        return {"name": key, "clips": clips, "aspect_ratio": "1:1", "idempotency_key": key}

    def _by_admin(self, method: str, **arguments: Any) -> None:
        about = {"workspace_id": self.workspace_id, "reason": "looked up and approved"}
        self.admin.call("auth", method, **about, **arguments)


@pytest.fixture(scope="module")
def household(suite: Suite, outcome: Outcome, photos: Sequence[Photo]) -> Household:
    return Household(suite, main_job(suite), photos)


@pytest.fixture
def neighbour(suite: Suite, outcome: Outcome, photos: Sequence[Photo]) -> Work:
    """Somebody whose photograph keeps one of media's two threads at work."""
    customer = main_job(suite).customer
    return Work(Again(suite, customer.email, customer.password), photos[:1], Quiet())


@pytest.mark.long
def test_what_runs_finishes_and_what_waits_is_started_again_at_no_charge(
    suite: Suite, outcome: Outcome, household: Household, neighbour: Work
) -> None:
    ours, theirs = household.workspace_id, outcome.project["workspace_id"]
    with ExitStack() as held:
        url = suite.owner_url("video")
        films = held.enter_context(caught.ending(url, "compile_film", ours))
        url = suite.owner_url("media")
        images = held.enter_context(caught.ending(url, "enhance_image", ours, theirs))
        film_id = household.film("the film")
        until(films.held)
        neighbour.started()
        until(images.held)
        ten = household.ten.started()
        until(lambda: images.held() == 2)
        until(lambda: household.photographs(ten) == {"processing": 1 + REST})

        household.becomes("suspended")
        hold = "select from jobs where kind = 'hold_work' and state = 'waiting'"
        until(lambda: suite.sql("media", hold))
        images.let(theirs)  # a thread is free: nothing of ours comes first
        until(lambda: household.photographs(ten) == {"processing": 1, "pending": REST})
        assert household.film_status(film_id) == "compiling"
        with pytest.raises(Rejected, match="media.workspace_suspended"):
            household.start_ten(ten, "while suspended")
        with pytest.raises(Rejected, match="video.workspace_suspended"):
            household.film("another film")
    suite.settle()
    assert household.photographs(ten) == {"completed": 1, "pending": REST}
    assert household.film_status(film_id) == "completed"

    household.becomes("active")
    suite.settle()
    assert household.photographs(ten)["pending"] == REST  # nothing resumes by itself
    assert household.start_ten(ten, "once reinstated") == "cleared"
    suite.settle()
    assert household.photographs(ten) == {"completed": 1 + REST}
    assert [line["amount_ore"] > 0 for line in household.lines(ten)] == [True]
