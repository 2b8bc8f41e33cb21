"""The stories' ends: what each customer asked for is what came about, and what it cost."""

from collections.abc import Iterator, Sequence

from faults.checks.rows import Part
from faults.plan import NET_ORE
from faults.stories import Outcome


def violations(billing: Part, affiliate: Part, outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Say which customer was billed something else, and which affiliate earned something else."""
    for each in outcomes:
        workspace, invoice = str(each.workspace_id), str(each.invoice_id)
        drafted = [
            event
            for event in billing.events
            if event.type == "InvoiceDrafted" and event.data["workspace_id"] == workspace
        ]
        if [event.subject for event in drafted] != [invoice]:
            yield f"customer {workspace} has invoices {[event.subject for event in drafted]}"
        net = sum(event.data["net_ore"] for event in drafted)
        if net != NET_ORE * len(each.project_ids):
            yield f"customer {workspace} had {len(each.project_ids)} projects done for {net}"
        paid = [e for e in billing.events if e.type == "InvoicePaid" and e.subject == invoice]
        if len(paid) != 1:
            yield f"customer {workspace} paid everything, and {len(paid)} invoices are paid"
        earned = [
            event.data["earning_ore"]
            for event in affiliate.events
            if event.type == "Earned" and event.data["referred_workspace_id"] == workspace
        ]
        due = [(net * each.percent + 50) // 100] if each.percent else []
        if earned != due:
            yield f"customer {workspace} brought {earned}, not {due}"
