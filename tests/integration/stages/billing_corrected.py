"""Billing's shop as those use it who correct: calls as of today, payments, balances, what holds."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from billing.domain import wallet
from billing.invariants import INVARIANTS
from billing.service import BillingService
from chassis.door.edge import Caller
from chassis.identity import Actor
from chassis.unit import store
from clients import Billing as Client
from embedded.direct import DirectPort
from integration.stages.billing_shop import Billing


class Desk:
    """Somebody who corrects invoices, with a key of their own for each call."""

    def __init__(self, shop: Billing) -> None:
        self.shop = shop
        self.clerk = {"id": str(uuid4()), "session_id": uuid4()}

    def call(self, method: str, /, **arguments: Any) -> Any:
        """Call as a system admin, now."""
        person = Actor(kind="person", is_system_admin=True, **self.clerk)  # type: ignore[arg-type]
        return self._port(person).call(method, **arguments)

    def do(self, method: str, /, **arguments: Any) -> Any:
        """Command as a system admin, now, under a new key."""
        return self.call(method, **arguments, idempotency_key=str(uuid4()))

    def owner(self, workspace_id: str) -> Client:
        """Return billing as the owner of a workspace calls it."""
        owner = Actor(
            kind="person",
            id=str(uuid4()),
            session_id=uuid4(),
            workspace_id=UUID(workspace_id),
            role="owner",
        )
        return Client(self._port(owner))

    def _port(self, person: Actor) -> DirectPort:
        caller = Caller(auth_token=self.shop.issuer.issue(person, self.shop.now))
        return DirectPort(facade=BillingService, door=lambda: self.shop.parts.door, caller=caller)

    def issued(self, projects: int = 1) -> str:
        """Return an issued invoice of a new customer, for so many projects."""
        workspace_id = self.shop.customer(projects)
        drafted = self.do("create_invoices", workspace_id=workspace_id)
        invoice_id: str = drafted["items"][0]["invoice_id"]
        self.do("issue_invoice", invoice_id=invoice_id)
        return invoice_id

    def pay(self, invoice_id: str, amount_ore: int, external_id: str | None = None) -> Any:
        """Let a transfer for it come today."""
        return self.do(
            "record_invoice_payment",
            invoice_id=invoice_id,
            amount_ore=amount_ore,
            paid_on=self.shop.now.date().isoformat(),
            source="bank",
            external_id=external_id or str(uuid4()),
        )

    def credit(self, invoice_id: str, **how: Any) -> Any:
        """Credit it, for a reason."""
        return self.do("credit_invoice", invoice_id=invoice_id, **{"reason": "Feil.", **how})

    def invoice(self, invoice_id: str) -> Any:
        """Return an invoice as it stands."""
        return self.call("get_invoice", invoice_id=invoice_id)

    def lines(self, invoice_id: str) -> list[str]:
        """Return the ids of an invoice's lines."""
        return [each["id"] for each in self.invoice(invoice_id)["lines"]]

    def balance(self, workspace_id: str) -> int:
        """Return a workspace's credit."""
        app = self.shop.parts.app
        id = UUID(workspace_id)
        found = app.query(lambda db: store.found(db, app.codec, wallet.decider, id)).state
        return found.balance_ore if found else 0

    def is_paid(self, invoice_id: str) -> list[bool]:
        """Return of each line of an invoice whether its target is paid."""
        return [
            self.call(
                "get_payment_status",
                target_kind="image_project",
                target_id=each["target_id"],
            )["is_paid"]
            for each in self.invoice(invoice_id)["lines"]
        ]

    def rows(self, query: str, *given: Any) -> list[dict[str, Any]]:
        """Return what the database's owner sees."""
        return self.shop.owners.execute(query.encode(), given).fetchall()

    def change(self, statement: str, *given: Any) -> None:
        """Do as an operator with the owner's rights does."""
        self.shop.owners.execute(statement.encode(), given)

    def broken(self) -> dict[str, list[dict[str, Any]]]:
        """Return what does not hold in the tables, by what should."""
        found = {each.name: self.rows(each.query) for each in INVARIANTS}
        return {name: rows for name, rows in found.items() if rows}

    def pass_days(self, days: int) -> None:
        """Let so many days go by."""
        self.shop.pass_seconds(int(timedelta(days=days).total_seconds()))
