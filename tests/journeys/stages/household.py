"""One household's work, from its company to its invoice, asked for again with the same keys."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from chassis.errors import Rejected, Unauthenticated
from demo.main_job import Photo
from demo.main_job_work import Work
from demo.people import Person
from embedded import mailbox
from journeys.stages.quiet import Quiet
from journeys.stages.restorable import HeldUp, Restorable
from waiting import until

COMPANY = {
    "organization_number": "702000009",
    "legal_name": "Neste Bolig AS",
    "billing_address": {"street": "Storgata 4", "postal_code": "0155", "city": "Oslo"},
    "invoice_email": "faktura@next.example",
    "invoice_reference": "Boligannonse 8",
}


class Keyed(Person):
    """A person whose keys are all of one piece of work."""

    def __init__(self, person: Person, prefix: str) -> None:
        super().__init__(person.suite, person.email, person.password)
        self.person, self.prefix = person, prefix

    def sign_in(self) -> None:
        """Start a session, as who it is does: an admin with a code."""
        self.person.sign_in()
        self._session = self.person._session

    def call(self, service: str, method: str, /, **arguments: Any) -> Any:
        """Call as `Person` does."""
        if "idempotency_key" in arguments:
            arguments["idempotency_key"] = f"{self.prefix}: {arguments['idempotency_key']}"
        return super().call(service, method, **arguments)

    def wait_for_the_end_of_tokens(self) -> None:
        """Be as somebody who comes back after minutes: their access token has run out."""
        self._access = None

    def _renewed(self) -> str:
        """Sign in again where a restored auth does not know the session any more."""
        try:
            return super()._renewed()
        except Unauthenticated:
            self.sign_in()
            return super()._renewed()


class Asking(Quiet):
    """A display that leaves work that is asked for alone while somebody is away."""

    def __init__(self, suite: Restorable) -> None:
        self.suite = suite

    @contextmanager
    def work(self, title: str) -> Iterator[Callable[[float], None]]:
        yield self._leave_it

    def _leave_it(self, percent: float) -> None:
        if self.suite.away:
            raise HeldUp("it is asked for, and done later")


class Household:
    """What it asks for, and the admin for it; each piece gives the same at each repeat."""

    price_ore = 250_000  # of photographs and a film

    def __init__(
        self,
        suite: Restorable,
        prefix: str,
        people: tuple[Person, Person],
        photos: Sequence[Photo],
        affiliate: str,
        today: str,
    ) -> None:
        """`people`: the customer and the admin; `affiliate`: whose workspace refers it."""
        self.suite, self.affiliate, self.prefix, self.today = suite, affiliate, prefix, today
        self.customer, self.admin = (Keyed(each, prefix) for each in people)
        self.work = Work(self.customer, photos, Asking(suite), "1:1")
        self.known: dict[str, Any] = {}  # what it was given the first time
        self.numbers: dict[int, str] = {}  # by each number that it was told, the invoice

    def sign_in(self) -> None:
        """Have tokens that will do for a while."""
        for each in (self.customer, self.admin):
            each.sign_in()
            each.call("auth", "me")

    def come_back(self) -> None:
        """Ask again long after: whatever tokens there were have run out."""
        for each in (self.customer, self.admin):
            each.wait_for_the_end_of_tokens()

    def steps(self) -> Iterator[Callable[[], None]]:
        """Yield what is asked for, in order; once done, others have to hear of it."""
        yield self.photographs
        yield self.film
        yield self.invoice
        yield self.payment

    def photographs(self) -> None:
        self._same("project", self.work.photographs())

    def film(self) -> None:
        self._same("film", self.work.film(self.known["project"]))

    def invoice(self) -> None:
        made = self.admin.call(
            "billing", "create_invoices", **self.billed(), idempotency_key="create it"
        )
        self._same("invoice", {"id": (id := made["items"][0]["invoice_id"])})
        issued = self.admin.call(
            "billing", "issue_invoice", invoice_id=id, idempotency_key="issue it"
        )
        assert self.numbers.setdefault(issued["invoice_number"], id) == id

    def billed(self) -> dict[str, Any]:
        """Return what is drafted: all that waits there."""
        return {"workspace_id": self.known["project"]["workspace_id"]}

    def payment(self) -> None:
        self.admin.call(
            "billing",
            "record_invoice_payment",
            invoice_id=self.known["invoice"]["id"],
            amount_ore=self.price_ore,
            paid_on=self.today,
            source="bank",
            external_id=f"{self.prefix} paid",
            idempotency_key="record it",
        )

    def _same(self, name: str, given: dict[str, Any]) -> None:
        assert self.known.setdefault(name, given)["id"] == given["id"]


class Newcomers(Household):
    """A household that signs up first, and is referred."""

    def steps(self) -> Iterator[Callable[[], None]]:
        yield self.account
        yield self.company
        yield self.relationship
        yield from super().steps()

    def account(self) -> None:
        """Sign up, and verify with whichever mail has the link that is good by now."""
        account = {"name": "Nina", "email": self.customer.email, "password": self.customer.password}
        key = f"{self.prefix}: sign up"
        made = self.suite.call("auth", "sign_up", None, **account, idempotency_key=key)
        self._same("account", {"id": made["workspace_id"]})
        until(self._is_verified)

    def company(self) -> None:
        self.customer.call("auth", "update_workspace", **COMPANY)
        self.admin.call(
            "auth",
            "set_invoice_eligibility",
            workspace_id=self.known["account"]["id"],
            eligible=True,
            reason="the company was looked up and approved",
        )

    def relationship(self) -> None:
        """Refer them; again, once their first invoice is heard of, that takes a reason."""
        try:
            self._refer(idempotency_key="refer them")
        except Rejected as error:
            if error.code not in ("affiliate.already_invoiced", "affiliate.already_referred"):
                raise
            self._refer(idempotency_key="refer them again", notes="it was forgotten")

    def _refer(self, **given: Any) -> None:
        self.admin.call(
            "affiliate",
            "create_relationship",
            affiliate_workspace_id=self.affiliate,
            referred_workspace_id=self.known["account"]["id"],
            **given,
        )

    def _is_verified(self) -> bool:
        for mail in reversed(self.suite.mail(self.customer.email)):
            proof = {"token": mailbox.token(mail), "password": self.customer.password}
            with suppress(Rejected):
                self.suite.call("auth", "verify_email", None, **proof)
                return True
        with suppress(Unauthenticated):
            self.customer.sign_in()  # verified before
            return True
        return False
