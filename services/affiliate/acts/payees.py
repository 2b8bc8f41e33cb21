"""Where an affiliate's earnings go."""

from uuid import UUID

from sqlalchemy import Connection

from affiliate.domain import customer, customer_messages
from affiliate.domain.customer_states import Customer
from affiliate.projections.payout_rows import last_digits, payee
from chassis.asked import Written
from chassis.door.edge import Door
from chassis.errors import Forbidden
from chassis.personal import keep
from chassis.unit import store
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from contracts.affiliate.payees import GetPayoutDetails, PayoutDetails, SetPayoutDetails


def set_details(unit: Unit, asked: SetPayoutDetails) -> Written:
    """Set where the caller's earnings go: the event holds facts, the texts are kept.

    Raises `Forbidden` for a system admin, who has no workspace.
    """
    workspace_id = _own(unit.call)
    unit.hold(customer.decider, workspace_id)  # no payout is made of half of it
    texts = {
        "legal_name": asked.legal_name,
        "account": asked.account,
        "invoice_email": asked.invoice_email,
    }
    kept = payee(unit.connection, workspace_id)
    new = {field: texts[field] for field in texts if texts[field] != kept.get(field)}
    command = customer_messages.SetPayoutDetails(
        organization_number=asked.organization_number,
        vat_registered=asked.vat_registered,
        changed=tuple(sorted(new)),
    )
    decided = unit.decide(customer.decider, workspace_id, command)
    if new:  # what changed only: a rival's account is not written over unsaid
        unit.execute(keep(workspace_id, workspace_id, new))
    return decided.written


def details(db: Connection, door: Door, call: Call, asked: GetPayoutDetails) -> PayoutDetails:
    """Return where the caller's earnings go. Raises `Forbidden` as `set_details`."""
    workspace_id = _own(call)
    stream = store.found(db, door.app.codec, customer.decider, workspace_id)
    known: Customer | None = stream.state
    facts, kept = known.payout_details if known else None, payee(db, workspace_id)
    return PayoutDetails(
        legal_name=kept.get("legal_name"),
        organization_number=facts.organization_number if facts else None,
        vat_registered=facts is not None and facts.vat_registered,
        account=last_digits(kept.get("account")),
        invoice_email=kept.get("invoice_email"),
        version=stream.version,
    )


def _own(call: Call) -> UUID:
    workspace_id = call.actor.workspace_id
    if workspace_id is None:
        raise Forbidden("affiliate.no_workspace", "a system admin has no workspace")
    return workspace_id
