"""Where an affiliate's earnings go."""

from affiliate.domain import customer, customer_messages
from affiliate.projections.payouts import payee
from chassis.asked import Written
from chassis.errors import Forbidden
from chassis.personal import keep
from chassis.unit.deciding import Unit
from contracts.affiliate.payees import SetPayoutDetails


def set_details(unit: Unit, asked: SetPayoutDetails) -> Written:
    """Set where the caller's earnings go: the event holds facts, the texts are kept.

    Raises `Forbidden` for a system admin, who has no workspace.
    """
    workspace_id = unit.call.actor.workspace_id
    if workspace_id is None:
        raise Forbidden("affiliate.no_workspace", "a system admin has no workspace")
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
