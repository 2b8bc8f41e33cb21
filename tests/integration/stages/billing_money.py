"""Money that comes to the billing of `billing_shop`: recorded by tests; what must hold then."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.rows import dict_row

from billing.invariants import INVARIANTS
from chassis import ids
from chassis.errors import ServiceError
from chassis.identity import service_actor
from chassis.unit.calls import Call
from integration.stages.billing_shop import Billing

GROSS_ORE = 125_000  # of one image project
TODAY = "2026-04-15"


class Money:
    """What a system admin does about money, and sees of it."""

    def __init__(self, shop: Billing) -> None:
        self.shop = shop

    def call(self, method: str, **asked: Any) -> Any:
        return self.shop.admin.call(method, **asked, idempotency_key=str(uuid4()))

    def refused(self, method: str, **asked: Any) -> ServiceError:
        """Return what a command is refused with."""
        with pytest.raises(ServiceError) as refusal:
            self.call(method, **asked)
        return refusal.value

    def record(self, invoice_id: str, amount_ore: int, name: str, **other: Any) -> Any:
        return self.call("record_invoice_payment", **payment(invoice_id, amount_ore, name, **other))

    def take_back(self, invoice_id: str, name: str, reason: str, source: str = "bank") -> Any:
        return self.call("reverse_invoice_payment", **reversal(invoice_id, name, reason, source))

    def bring(self, *transfers: dict[str, Any]) -> list[dict[str, Any]]:
        """Import transfers; return what became of each."""
        items: list[dict[str, Any]] = self.call("import_bank_payments", payments=list(transfers))[
            "items"
        ]
        return items

    def kid(self, invoice_id: str) -> str:
        kid: str = self.invoice(invoice_id)["kid"]
        return kid

    def invoice(self, invoice_id: str) -> dict[str, Any]:
        (row,) = self.rows("select * from invoice where id = %s", invoice_id)
        return row

    def transfer(self, id: str) -> dict[str, Any]:
        (row,) = self.rows("select * from bank_payment where id = %s", id)
        return row

    def credit(self, workspace_id: str) -> dict[str, Any]:
        shown: dict[str, Any] = self.shop.admin.call("get_credit", workspace_id=workspace_id)
        return shown

    def rows(self, query: str, *given: Any) -> list[dict[str, Any]]:
        with psycopg.connect(self.shop.owner_url, row_factory=dict_row) as connection:
            return connection.execute(query.encode(), given).fetchall()

    def events(self) -> int:
        (row,) = self.rows("select count(*) as n from events")
        count: int = row["n"]
        return count

    def broken(self) -> dict[str, Any]:
        """Return what does not hold, by the invariant's name."""
        found = {each.name: self.rows(each.query) for each in INVARIANTS}
        return {name: rows for name, rows in found.items() if rows}


def by_service(at: datetime) -> Call:
    return Call(id=ids.fresh(), at=at, actor=service_actor("billing"), correlation_id="the one")


def payment(invoice_id: str, amount_ore: int, name: str, **other: Any) -> dict[str, Any]:
    return {
        "invoice_id": invoice_id,
        "amount_ore": amount_ore,
        "paid_on": TODAY,
        "source": "bank",
        "external_id": name,
        **other,
    }


def reversal(
    invoice_id: str, name: str, reason: str = "misallocated", source: str = "bank"
) -> dict[str, Any]:
    return {"invoice_id": invoice_id, "source": source, "external_id": name, "reason": reason}


def transfer(name: str, amount_ore: int, kid: str | None = None, **other: Any) -> dict[str, Any]:
    return {"external_id": name, "paid_on": TODAY, "amount_ore": amount_ore, "kid": kid, **other}


def soundly(shop: Billing) -> Iterator[Money]:
    """Yield the money of a shop; afterwards all that must hold holds."""
    money = Money(shop)
    yield money
    assert money.broken() == {}
