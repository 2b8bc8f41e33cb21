"""An admin acts as the main job's customer: photographs, a film, an invoice, its payment.

Every step carries the key that the customer's own had. On the way billing meets a bug at the first
try of what it hears, and media at the first try of a result. Impersonations are not started yet, so
the tokens are signed here; they make the customer a system admin as well, which auth never would,
so that what is begun leads to the affiliate's commission.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg

from chassis import ids
from chassis.door.tokens import TokenIssuer
from chassis.identity import Actor
from demo.main_job import MainJob, Outcome
from demo.main_job_money import Money
from demo.main_job_work import Work
from demo.people import Person
from demo.suite import Suite
from journeys.stages.quiet import Quiet

Read = Callable[..., Mapping[str, Any]]  # a service's `events_read`
GOES_ON = ("media", "billing", "video", "affiliate")


class ImpersonatedStart:
    """What the admin does, and what came of it."""

    project: dict[str, Any]
    film: dict[str, Any]
    invoice_id: str

    def __init__(
        self, suite: Suite, job: MainJob, signing_key: str, read: Callable[[str], Read]
    ) -> None:
        """`job`: done before, by the customer in person; `read(service)`: its `events_read`."""
        self.suite, self.job = suite, job
        self._issuer = TokenIssuer("1", signing_key)
        self._read = {service: read(service) for service in GOES_ON}
        self.admin = self._user(job.admin)["id"]
        self.customer = self._user(job.customer)
        self.session = ids.fresh()

    def happen(self, before: Outcome) -> None:
        """Do it all, after `before`: the film is of the photographs that were enhanced then."""
        customer = AsCustomer(self.suite, self.job.customer.email, self.token)
        work = Work(customer, self.job.work.photos, Quiet(), aspect_ratio="1:1")
        self._told_before = {each: self._read[each](limit=1)["head"] for each in GOES_ON}
        self._stored_before = {each: self._last(each) for each in GOES_ON}
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
        money = Money(self.suite, customer, self.job.money.notes)
        self.invoice_id = money.invoice(self.customer["workspace_id"])
        customer.call(
            "billing",
            "record_invoice_payment",
            invoice_id=self.invoice_id,
            amount_ore=250_000,
            paid_on=money.today,
            source="bank",
            external_id="bank-as-customer",
            idempotency_key="record bank-1",
        )
        self.suite.settle()

    def token(self) -> str:
        """Return an access token of the admin who acts as the customer."""
        at = ids.now()
        actor = Actor(
            kind="person",
            id=self.customer["id"],
            workspace_id=UUID(self.customer["workspace_id"]),
            role=self.customer["role"],
            is_system_admin=True,
            session_id=self.session,
            impersonated_by=UUID(self.admin),
            authenticated_at=at,
            amr=("pwd",),
        )
        return self._issuer.issue(actor, at)

    @property
    def caller(self) -> str:
        """The admin as the customer, as events name them."""
        return f"person:{self.admin} as {self.customer['id']}"

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


class AsCustomer(Person):
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
