"""An admin acts as the main job's customer: photographs, a film; and as somebody new, who begins.

Every step carries the key that the customer's own had. On the way billing meets a bug at the first
try of what it hears, and media at the first try of a result.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg

from chassis import ids
from demo.main_job import MainJob, Outcome
from demo.main_job_work import Work
from demo.people import Person
from demo.suite import Suite
from journeys.stages.quiet import Quiet

Read = Callable[..., Mapping[str, Any]]  # a service's `events_read`
GOES_ON = ("auth", "media", "billing", "video", "affiliate")
TELLS = ("auth", "media", "billing", "video")  # affiliate notes it, and has nothing to say of it
NEW_NUMBER = "974760673"  # of an organisation that the suite has not heard of


class Acting:
    """An admin in a session as somebody."""

    def __init__(self, suite: Suite, admin: Person, whom: Mapping[str, Any]) -> None:
        """`whom`: their row in auth."""
        self.suite, self.whom = suite, whom
        started = admin.call(
            "auth",
            "start_impersonation",
            user_id=whom["id"],
            reason="they asked for help with a film",
        )
        self.session, self._token = started["session_id"], started["session_token"]

    def token(self) -> str:
        """Return an access token of the admin who acts as them."""
        access = self.suite.call("auth", "authenticate", None, session_token=self._token)
        token: str = access["access_token"]
        return token

    def named(self) -> dict[str, Any]:
        """Return what an event says of them besides who has caused it."""
        return {"subject": self.whom["id"], "impersonation": self.session}

    def caller(self, admin: str) -> str:
        """The admin as this person, as events name them."""
        return f"person:{admin} as {self.whom['id']}"


class ImpersonatedStart:
    """What the admin does, and what came of it."""

    project: dict[str, Any]
    film: dict[str, Any]
    customer: Acting
    newcomer: Acting

    def __init__(self, suite: Suite, job: MainJob, read: Callable[[str], Read]) -> None:
        """`job`: done before, by the customer in person; `read(service)`: its `events_read`."""
        self.suite, self.job = suite, job
        self._read = {service: read(service) for service in GOES_ON}
        self.admin = self._user(job.admin)["id"]

    def happen(self, before: Outcome) -> None:
        """Do it all, after `before`: the film is of the photographs that were enhanced then."""
        new = Person(self.suite, f"new-{ids.fresh().hex[:8]}@buyer.example", ids.token())
        new.sign_up("Nina Ny", f"sign up {new.email}")
        self.job.admin.sign_in()  # it is asked of who has shown lately who they are
        self.customer, self.newcomer = (
            Acting(self.suite, self.job.admin, self._user(each))
            for each in (self.job.customer, new)
        )
        self.suite.settle()
        self._told_before = {each: self._read[each](limit=1)["head"] for each in GOES_ON}
        self._stored_before = {each: self._last(each) for each in GOES_ON}
        customer = AsSomebody(self.suite, self.job.customer.email, self.customer.token)
        work = Work(customer, self.job.work.photos, Quiet(), aspect_ratio="1:1")
        with (
            fails_once(self.suite, "billing", "before insert on project_payment for each row"),
            fails_once(
                self.suite,
                "media",
                "before update on image_generation for each row when (new.status = 'completed')",
            ),
        ):
            self.project = work.photographs()
        self.film = work.film(before.project)
        AsSomebody(self.suite, new.email, self.newcomer.token).call(
            "auth", "complete_onboarding", organization_number=NEW_NUMBER
        )
        self.suite.settle()

    def by(self, service: str) -> list[dict[str, Any]]:
        """Return whom what this service has stored of it may name: who called, who caused it."""
        found = []
        for each in (self.customer, self.newcomer):
            named, caller = each.named(), each.caller(self.admin)
            found.append({**named, "actor": caller, "on_behalf_of": None})
            found.append({**named, "actor": f"service:{service}", "on_behalf_of": caller})
        return found

    def stored(self, service: str) -> list[dict[str, Any]]:
        """Return what has followed: each event's `type`, and whom it is `by`."""
        query = (
            "select type, jsonb_build_object('actor', meta->'actor', 'subject', meta->'subject',"
            "  'on_behalf_of', meta->'on_behalf_of', 'impersonation', meta->'impersonation') as by"
            f" from events where seq > {self._stored_before[service]} order by seq"
        )
        return self.suite.sql(service, query)

    def told(self, service: str) -> list[dict[str, Any]]:
        """Return what others were told of it."""
        page = self._read[service](after=self._told_before[service])
        assert page["scanned_to"] == page["head"]
        items: list[dict[str, Any]] = page["items"]
        return items

    def _last(self, service: str) -> int:
        last: int = self.suite.sql(service, "select max(seq) as last from events")[0]["last"]
        return last

    def _user(self, person: Person) -> dict[str, Any]:
        (row,) = self.suite.sql("auth", f"select * from \"user\" where email = '{person.email}'")
        return row


class AsSomebody(Person):
    """Whoever calls with tokens of another's making."""

    def __init__(self, suite: Suite, email: str, token: Callable[[], str]) -> None:
        super().__init__(suite, email, password="")
        self._renewed = token  # type: ignore[method-assign]


@contextmanager
def fails_once(suite: Suite, service: str, when: str) -> Iterator[None]:
    """Let the first of these changes meet a bug; by the end it has."""
    with psycopg.connect(suite.owner_url(service), autocommit=True) as owner:
        owner.execute(_FAILS_ONCE.format(when=when).encode())
        try:
            yield
        finally:
            (met,) = owner.execute("select last_value from a_bug").fetchone() or (0,)
            owner.execute("drop function meet_a_bug cascade; drop sequence a_bug")
    assert met > 1  # and nothing afterwards


_FAILS_ONCE = """
create sequence a_bug;  -- a rollback does not set it back
create function meet_a_bug() returns trigger language plpgsql security definer as $$
begin
    if nextval('a_bug') = 1 then raise exception 'a bug'; end if;
    return new;
end $$;
create trigger meet_a_bug {when} execute function meet_a_bug();
"""
