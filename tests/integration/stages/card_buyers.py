"""Buyers who pay by card at the billing of `billing_shop`, and what Stripe's stand-in has then."""

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.rows import dict_row

from billing.domain import payment
from billing.domain.payment_states import Payment
from billing.gateways.stripe_client import client
from billing.names import payment_id
from chassis.errors import ServiceError
from chassis.unit import store
from embedded.direct import DirectPort
from integration.stages.billing_shop import Billing
from stand_ins.stripe import cards as test_cards

GROSS_ORE = 125_000


class Buyer:
    """A workspace whose owner pays by card."""

    def __init__(self, shop: Billing, **facts: Any) -> None:
        """`facts`: what auth says of it, where that differs."""
        self.shop, self.workspace_id = shop, shop.buyer(**facts)
        self.user_id = str(uuid4())

    @property
    def owner(self) -> DirectPort:
        """How its owner calls, whatever time it is."""
        return self.shop.owner(self.workspace_id, self.user_id)

    def want(self, run: int = 1) -> dict[str, Any]:
        """Let work be wanted; return how its target is named in calls."""
        about = self.shop.start(self.workspace_id)
        return {"target_kind": "image_project", "target_id": str(about["project_id"])}

    def delete(self, target: dict[str, Any]) -> None:
        """Let a target be deleted."""
        about = {"project_kind": "image", "workspace_id": self.workspace_id}
        gone = {"project_id": target["target_id"], **about}
        self.shop.hear("media", "project_deleted", **gone)

    def fail(self, target: dict[str, Any]) -> None:
        """Let nothing come out of the work on a target."""
        about = {"project_id": target["target_id"], "workspace_id": self.workspace_id, "run": 1}
        why = {"project_kind": "image", "failed_count": 2, "reason": "all_failed"}
        self.shop.hear("media", "project_failed", **about, **why)

    def start(self, target: dict[str, Any], key: str | None = None) -> dict[str, Any]:
        """Begin a Checkout."""
        started: dict[str, Any] = self.owner.call(
            "start_checkout", **target, idempotency_key=key or str(uuid4())
        )
        return started

    def charge(self, target: dict[str, Any], key: str | None = None, **other: Any) -> Any:
        """Pay by a saved card."""
        asked = {**target, **other, "idempotency_key": key or str(uuid4())}
        return self.owner.call("charge_saved_card", **asked)

    def refused(self, method: str, **asked: Any) -> ServiceError:
        """Return what its owner is refused with."""
        if method in ("start_checkout", "charge_saved_card"):
            asked.setdefault("idempotency_key", str(uuid4()))
        with pytest.raises(ServiceError) as refusal:
            self.owner.call(method, **asked)
        return refusal.value

    def save(self, card: str = test_cards.GOOD) -> str:
        """Save a card, as a Checkout would; return its id."""
        if self.customer is None:
            self.start(self.want())
        v1 = client("rk_test_only_for_tests", self.shop.stripe.url).v1
        made = v1.payment_methods.create(
            {"type": "card", "card": {"number": card, "exp_month": 12, "exp_year": 2099}}
        )
        v1.payment_methods.attach(made.id, {"customer": str(self.customer)})
        return made.id

    @property
    def customer(self) -> str | None:
        """Its customer at Stripe, as the table says."""
        query = "select stripe_customer_id as id from stripe_customer where workspace_id = %s"
        rows = self._rows(query, self.workspace_id)
        return rows[0]["id"] if rows else None

    def stands(self, target: dict[str, Any]) -> Payment:
        """Return the payment of a target."""
        id = payment_id(target["target_kind"], UUID(target["target_id"]))
        app = self.shop.parts.app
        found: Payment = app.query(lambda db: store.found(db, app.codec, payment.decider, id)).state
        return found

    def payer(self, target: dict[str, Any]) -> dict[str, Any] | None:
        """Return whom the sales document would name."""
        id = payment_id(target["target_kind"], UUID(target["target_id"]))
        rows = self._rows("select * from buyer where document_id = %s", str(id))
        return rows[0] if rows else None

    def at_stripe(self, kind: str, *statuses: str) -> list[dict[str, Any]]:
        """Return what the stand-in has of this buyer, of that kind and status."""
        found = self.shop.stripe.objects(kind)
        if kind == "customer":
            return [e for e in found if e["metadata"].get("workspace_id") == self.workspace_id]
        customer = self.customer
        mine = [each for each in found if each["customer"] == customer]
        return [each for each in mine if not statuses or each["status"] in statuses]

    def _rows(self, query: str, *given: Any) -> list[dict[str, Any]]:
        with psycopg.connect(self.shop.owner_url, row_factory=dict_row) as connection:
            return connection.execute(query.encode(), given).fetchall()
