"""A page of misuse: mypy refuses each line that says so, and no other; `test_misuse` looks."""

from uuid import UUID

from clients import Billing, Media


def misused(billing: Billing, media: Media, id: UUID) -> None:
    billing.get_invoice(invoice_id=id).lines[0].net_ore.bit_length()
    billing.issue_invoice(invoice_id=id, idempotency_key="mine", expected_version=3).kid.upper()
    media.list_projects(limit=10).items[0].status.upper()

    billing.get_invoice(invoice_id=str(id))  # refused: arg-type
    billing.get_invoice()  # refused: call-arg
    billing.get_invoice(id)  # refused: call-arg
    billing.get_invoice(invoice_id=id, invoice_no=7)  # refused: call-arg
    billing.get_invoice(invoice_id=id, idempotency_key="none")  # refused: call-arg
    billing.issue_invoice(invoice_id=id)  # refused: call-arg
    billing.issue_invoice(invoice_id=id, idempotency_key=None)  # refused: arg-type
    billing.set_auto_charge(enabled=True, expected_version="3")  # refused: arg-type
    billing.list_invoices(status="late")  # refused: arg-type
    billing.list_invoices().lines  # refused: attr-defined
    billing.get_invoice(invoice_id=id).number  # refused: attr-defined
    billing.get_invoice(invoice_id=id).net_ore.upper()  # refused: attr-defined
    billing.get_the_invoice(invoice_id=id)  # refused: attr-defined
    media.start_project(project_id=id, idempotency_key="k", max_price_ore=9.5)  # refused: arg-type
